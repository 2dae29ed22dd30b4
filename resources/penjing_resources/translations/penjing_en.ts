<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>BeforeAfterPane</name>
        <message numerus="yes">
            <source>%n thread(s), median of {pairs} pairs</source>
            <translation>
                <numerusform>%n thread, median of {pairs} pairs</numerusform>
                <numerusform>%n threads, median of {pairs} pairs</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ChangePane</name>
        <message numerus="yes">
            <source>%n layer(s) only on one side</source>
            <translation>
                <numerusform>%n layer only on one side</numerusform>
                <numerusform>%n layers only on one side</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ComparePage</name>
        <message numerus="yes">
            <source>%n finished run(s)</source>
            <translation>
                <numerusform>%n finished run</numerusform>
                <numerusform>%n finished runs</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>DataPane</name>
        <message numerus="yes">
            <source>%n class(es)</source>
            <translation>
                <numerusform>%n class</numerusform>
                <numerusform>%n classes</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>DataWarnings</name>
        <message numerus="yes">
            <source>%n more</source>
            <translation>
                <numerusform>%n more</numerusform>
                <numerusform>%n more</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>DecidePage</name>
        <message numerus="yes">
            <source>%n budget(s) exceeded</source>
            <translation>
                <numerusform>%n budget exceeded</numerusform>
                <numerusform>%n budgets exceeded</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>LogPane</name>
        <message numerus="yes">
            <source>%n warning(s)</source>
            <translation>
                <numerusform>%n warning</numerusform>
                <numerusform>%n warnings</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ParetoPane</name>
        <message numerus="yes">
            <source>%n run(s), test split opened once for each, at its end</source>
            <translation>
                <numerusform>%n run, test split opened once for each, at its end</numerusform>
                <numerusform>%n runs, test split opened once for each, at its end</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PlanCard</name>
        <message numerus="yes">
            <source>%n epoch(s)</source>
            <translation>
                <numerusform>%n epoch</numerusform>
                <numerusform>%n epochs</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ProofPane</name>
        <message numerus="yes">
            <source>%n epoch(s), nothing removed</source>
            <translation>
                <numerusform>%n epoch, nothing removed</numerusform>
                <numerusform>%n epochs, nothing removed</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ToolRow</name>
        <message numerus="yes">
            <source>%n remark(s)</source>
            <translation>
                <numerusform>%n remark</numerusform>
                <numerusform>%n remarks</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>TrainingFields</name>
        <message numerus="yes">
            <source>%n part(s)</source>
            <translation>
                <numerusform>%n part</numerusform>
                <numerusform>%n parts</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n thread(s)</source>
            <translation>
                <numerusform>%n thread</numerusform>
                <numerusform>%n threads</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n worker(s)</source>
            <translation>
                <numerusform>%n worker</numerusform>
                <numerusform>%n workers</numerusform>
            </translation>
        </message>
    </context>
</TS>
