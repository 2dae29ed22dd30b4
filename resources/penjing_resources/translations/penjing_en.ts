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
        <name>ConcentrationPane</name>
        <message numerus="yes">
            <source>{holders} of {layers} layers hold {share}</source>
            <translation type="unfinished">
                <numerusform />
                <numerusform />
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
        <name>InspectPage</name>
        <message numerus="yes">
            <source>%n layer(s) counted.</source>
            <translation>
                <numerusform>%n layer counted.</numerusform>
                <numerusform>%n layers counted.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>LayerModel</name>
        <message numerus="yes">
            <source>%n layer(s) below not counted</source>
            <translation>
                <numerusform>%n layer below not counted</numerusform>
                <numerusform>%n layers below not counted</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>LayersPane</name>
        <message numerus="yes">
            <source>%n layer(s) without cost shown</source>
            <translation>
                <numerusform>%n layer without cost shown</numerusform>
                <numerusform>%n layers without cost shown</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n layer(s) without cost hidden</source>
            <translation>
                <numerusform>%n layer without cost hidden</numerusform>
                <numerusform>%n layers without cost hidden</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n layer(s) copied</source>
            <translation>
                <numerusform>%n layer copied</numerusform>
                <numerusform>%n layers copied</numerusform>
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
        <name>WeightsView</name>
        <message numerus="yes">
            <source>%n channel(s), median {median}, least {least}.</source>
            <translation>
                <numerusform>%n channel, median {median}, least {least}.</numerusform>
                <numerusform>%n channels, median {median}, least {least}.</numerusform>
            </translation>
        </message>
    </context>
</TS>
