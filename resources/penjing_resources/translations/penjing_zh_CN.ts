<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
    <context>
        <name>AccuracyMarks</name>
        <message>
            <source>recalibrated {value}</source>
            <translation>重校准 {value}</translation>
        </message>
        <message>
            <source>pruned {value}</source>
            <translation>剪枝后 {value}</translation>
        </message>
        <message>
            <source>{mark}, below the scale</source>
            <translation>{mark}，低于刻度</translation>
        </message>
        <message>
            <source>{mark}, above the scale</source>
            <translation>{mark}，高于刻度</translation>
        </message>
        <message>
            <source>to come</source>
            <translation>尚未进行</translation>
        </message>
    </context>
    <context>
        <name>ArtefactModel</name>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>格式</translation>
        </message>
        <message>
            <source>Size, {unit}</source>
            <translation>大小（{unit}）</translation>
        </message>
        <message>
            <source>Opened with</source>
            <translation>打开方式</translation>
        </message>
        <message>
            <source>Max |Δ|</source>
            <translation>最大 |Δ|</translation>
        </message>
        <message>
            <source>Proof</source>
            <translation>验证</translation>
        </message>
        <message>
            <source>not verified yet</source>
            <translation>尚未验证</translation>
        </message>
        <message>
            <source>verified</source>
            <translation>已验证</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
    </context>
    <context>
        <name>Asking</name>
        <message>
            <source>Open a run</source>
            <translation>打开运行</translation>
        </message>
        <message>
            <source>Open its graph</source>
            <translation>打开其计算图</translation>
        </message>
        <message>
            <source>Shape of one sample, as 3,224,224</source>
            <translation>单个样本的形状，如 3,224,224</translation>
        </message>
        <message>
            <source>Files with weights (*.pt *.pth *.bin *.ckpt *.pt2 *.ts *.pkl);;All files (*)</source>
            <translation>带权重的文件 (*.pt *.pth *.bin *.ckpt *.pt2 *.ts *.pkl);;所有文件 (*)</translation>
        </message>
        <message>
            <source>Take the weights out of a file</source>
            <translation>取出文件中的权重</translation>
        </message>
        <message>
            <source>Penjing {version}

Makes trained PyTorch networks smaller, offline, by pruning or knowledge distillation. Apache-2.0.</source>
            <translation>盆景（Penjing）{version}

离线压缩训练好的 PyTorch 网络：剪枝或知识蒸馏。Apache-2.0 许可。</translation>
        </message>
        <message>
            <source>About Penjing</source>
            <translation>关于 Penjing</translation>
        </message>
    </context>
    <context>
        <name>BeforeAfterPane</name>
        <message>
            <source>Before and after</source>
            <translation>前后对比</translation>
        </message>
        <message>
            <source>Run that is compared</source>
            <translation>用于比较的运行</translation>
        </message>
        <message numerus="yes">
            <source>%n thread(s), median of {pairs} pairs</source>
            <translation>
                <numerusform>%n 线程，{pairs} 对的中位数</numerusform>
            </translation>
        </message>
        <message>
            <source>Latency, measured on this machine: {how}</source>
            <translation>延迟在本机测得：{how}</translation>
        </message>
    </context>
    <context>
        <name>Breadcrumb</name>
        <message>
            <source>Back to {name}</source>
            <translation>返回 {name}</translation>
        </message>
    </context>
    <context>
        <name>BudgetBars</name>
        <message>
            <source>{name}: {value} {unit}, no limit set</source>
            <translation>{name}：{value} {unit}，未设限</translation>
        </message>
        <message>
            <source>{name}: {value} of {budget} {unit}</source>
            <translation>{name}：{value}，预算 {budget} {unit}</translation>
        </message>
        <message>
            <source>, after the plan {value}</source>
            <translation>，按方案后为 {value}</translation>
        </message>
        <message>
            <source>{name}, {unit}</source>
            <translation>{name}（{unit}）</translation>
        </message>
        <message>
            <source>model now</source>
            <translation>当前模型</translation>
        </message>
        <message>
            <source>over budget</source>
            <translation>超出预算</translation>
        </message>
        <message>
            <source>after the plan, predicted</source>
            <translation>按方案后，预测</translation>
        </message>
        <message>
            <source>no limit set</source>
            <translation>未设限</translation>
        </message>
        <message>
            <source>budget {budget}</source>
            <translation>预算 {budget}</translation>
        </message>
        <message>
            <source>share of the budget</source>
            <translation>占预算的比例</translation>
        </message>
    </context>
    <context>
        <name>ChangeMap</name>
        <message>
            <source>Change of every cost by layer</source>
            <translation>各层每项开销的变化</translation>
        </message>
        <message>
            <source>change, %</source>
            <translation>变化（%）</translation>
        </message>
        <message>
            <source>layer</source>
            <translation>层</translation>
        </message>
        <message>
            <source>not measured</source>
            <translation>未测量</translation>
        </message>
    </context>
    <context>
        <name>ChangePane</name>
        <message>
            <source>Change by layer</source>
            <translation>逐层变化</translation>
        </message>
        <message>
            <source>The cost tables of this run are missing.</source>
            <translation>这次运行缺少开销表。</translation>
        </message>
        <message>
            <source>The student's layers have other names than the teacher's.</source>
            <translation>学生的层名与教师的不同。</translation>
        </message>
        <message>
            <source>Channels</source>
            <translation>通道</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>Activations</source>
            <translation>激活</translation>
        </message>
        <message>
            <source>Latency</source>
            <translation>延迟</translation>
        </message>
        <message numerus="yes">
            <source>%n layer(s) only on one side</source>
            <translation>
                <numerusform>%n 层只在一侧</numerusform>
            </translation>
        </message>
        <message>
            <source>{unit} fell most in {layer}: {change}.</source>
            <translation>{layer} 的 {unit} 下降最多：{change}。</translation>
        </message>
    </context>
    <context>
        <name>Choices</name>
        <message>
            <source>Another language shows when Penjing is started again.</source>
            <translation>语言将在重新启动 Penjing 后生效。</translation>
        </message>
    </context>
    <context>
        <name>ClassBars</name>
        <message>
            <source>Samples by class</source>
            <translation>各类样本数</translation>
        </message>
        <message>
            <source>Training samples by target</source>
            <translation>训练样本的目标值分布</translation>
        </message>
        <message>
            <source>{low} to {high} samples a class; fewest in {name}.</source>
            <translation>每类 {low} 至 {high} 个样本；{name} 最少。</translation>
        </message>
        <message>
            <source>train</source>
            <translation>训练</translation>
        </message>
        <message>
            <source>validation</source>
            <translation>验证</translation>
        </message>
        <message>
            <source>test</source>
            <translation>测试</translation>
        </message>
        <message>
            <source>target</source>
            <translation>目标</translation>
        </message>
        <message>
            <source>class</source>
            <translation>类别</translation>
        </message>
    </context>
    <context>
        <name>ColumnModel</name>
        <message>
            <source>number</source>
            <translation>数值</translation>
        </message>
        <message>
            <source>category</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>ignore</source>
            <translation>忽略</translation>
        </message>
        <message>
            <source>target</source>
            <translation>目标</translation>
        </message>
        <message>
            <source>Column</source>
            <translation>列</translation>
        </message>
        <message>
            <source>Taken for</source>
            <translation>视为</translation>
        </message>
        <message>
            <source>Missing</source>
            <translation>缺失</translation>
        </message>
        <message>
            <source>In training rows</source>
            <translation>训练行中</translation>
        </message>
        <message>
            <source>Distinct</source>
            <translation>不同值</translation>
        </message>
        <message>
            <source>To predict another column, make that one the target.</source>
            <translation>要预测另一列，请把那一列设为目标。</translation>
        </message>
    </context>
    <context>
        <name>ColumnsView</name>
        <message>
            <source>Columns of the table</source>
            <translation>表格的列</translation>
        </message>
    </context>
    <context>
        <name>CommandPalette</name>
        <message>
            <source>Commands</source>
            <translation>命令</translation>
        </message>
        <message>
            <source>Type a command</source>
            <translation>输入命令</translation>
        </message>
    </context>
    <context>
        <name>ComparePage</name>
        <message>
            <source>&amp;Export run…</source>
            <translation>导出运行(&amp;E)…</translation>
        </message>
        <message>
            <source>&amp;Verify run</source>
            <translation>验证运行(&amp;V)</translation>
        </message>
        <message>
            <source>Wr&amp;ite report</source>
            <translation>写报告(&amp;I)</translation>
        </message>
        <message>
            <source>Runs appear here when they finish.</source>
            <translation>运行完成后会出现在这里。</translation>
        </message>
        <message>
            <source>Go to Compress</source>
            <translation>前往“压缩”</translation>
        </message>
        <message numerus="yes">
            <source>%n finished run(s)</source>
            <translation>
                <numerusform>%n 次已完成的运行</numerusform>
            </translation>
        </message>
        <message>
            <source>No run has finished yet.</source>
            <translation>还没有完成的运行。</translation>
        </message>
        <message>
            <source>params</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>test MSE</source>
            <translation>测试 MSE</translation>
        </message>
        <message>
            <source>Finished {time}</source>
            <translation>完成于 {time}</translation>
        </message>
        <message>
            <source>Finished {time}, took {took}</source>
            <translation>完成于 {time}，用时 {took}</translation>
        </message>
    </context>
    <context>
        <name>CompressPage</name>
        <message>
            <source>S&amp;mooth losses</source>
            <translation>平滑损失(&amp;M)</translation>
        </message>
        <message>
            <source>Curves: &amp;whole run</source>
            <translation>曲线：整个运行(&amp;W)</translation>
        </message>
        <message>
            <source>&amp;Lay runs over the curves…</source>
            <translation>在曲线上叠加运行(&amp;L)…</translation>
        </message>
        <message>
            <source>Lo&amp;garithmic loss</source>
            <translation>对数损失(&amp;G)</translation>
        </message>
        <message>
            <source>Change the le&amp;arning rate…</source>
            <translation>更改学习率(&amp;A)…</translation>
        </message>
        <message>
            <source>Copy &amp;log</source>
            <translation>复制日志(&amp;L)</translation>
        </message>
        <message>
            <source>&amp;Edit as a new plan</source>
            <translation>作为新方案编辑(&amp;E)</translation>
        </message>
        <message>
            <source>paused</source>
            <translation>已暂停</translation>
        </message>
        <message>
            <source>running</source>
            <translation>运行中</translation>
        </message>
        <message>
            <source>The run is done.</source>
            <translation>运行已完成。</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>The run was stopped. It can be resumed.</source>
            <translation>运行已停止，可以恢复。</translation>
        </message>
        <message>
            <source>The plan is ready to start.</source>
            <translation>方案已就绪，可以开始。</translation>
        </message>
        <message>
            <source>The open file is no network: it can be looked at, and neither pruned nor trained.</source>
            <translation>打开的文件不是网络：可以查看，不能剪枝，也不能训练。</translation>
        </message>
        <message>
            <source>There is no plan yet. Step 2 makes one.</source>
            <translation>还没有方案。第 2 步会生成方案。</translation>
        </message>
        <message>
            <source>params</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Goes on if this window closes</source>
            <translation>关闭窗口后继续运行</translation>
        </message>
    </context>
    <context>
        <name>ConcentrationPane</name>
        <message>
            <source>Concentration</source>
            <translation>集中度</translation>
        </message>
        <message>
            <source>layers, most expensive first</source>
            <translation>层，按成本从高到低</translation>
        </message>
        <message>
            <source>Concentration of costs</source>
            <translation>成本集中度</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>未知</translation>
        </message>
        <message>
            <source>no layer has any</source>
            <translation>没有层有此成本</translation>
        </message>
        <message>
            <source>10 % of the layers ({count} of {layers}) hold {share}</source>
            <translation>10 % 的层（{count}／{layers}）占 {share}</translation>
        </message>
        <message>
            <source>{count} of {layers} layers ({part}) hold {share}</source>
            <translation>{layers} 层中的 {count} 层（{part}）占 {share}</translation>
        </message>
        <message>
            <source>{cost}: {sentence}</source>
            <translation>{cost}：{sentence}</translation>
        </message>
        <message>
            <source>Half is in {count} of {layers} layers ({share})</source>
            <translation>{layers} 层中的 {count} 层占一半（{share}）</translation>
        </message>
        <message>
            <source>Layer</source>
            <translation>层</translation>
        </message>
        <message>
            <source>Together, %</source>
            <translation>累计（%）</translation>
        </message>
        <message>
            <source>1 of {layers} layers holds {share}</source>
            <translation>{layers} 层中的 1 层占 {share}</translation>
        </message>
    </context>
    <context>
        <name>ConflictBox</name>
        <message>
            <source>The document disagrees with itself here</source>
            <translation>立项文档在此处自相矛盾</translation>
        </message>
    </context>
    <context>
        <name>ConsiderationsView</name>
        <message>
            <source>Considerations</source>
            <translation>考量</translation>
        </message>
        <message>
            <source>Rules that apply here</source>
            <translation>此处适用的规则</translation>
        </message>
        <message>
            <source>Literature beside it</source>
            <translation>相关文献</translation>
        </message>
    </context>
    <context>
        <name>Controls</name>
        <message>
            <source>{file} could not be written</source>
            <translation>无法写入 {file}</translation>
        </message>
        <message>
            <source>Choose another folder</source>
            <translation>请选择其他文件夹</translation>
        </message>
    </context>
    <context>
        <name>ConvertDialog</name>
        <message>
            <source>Take the weights out</source>
            <translation>取出权重</translation>
        </message>
        <message>
            <source>The file is opened once, in a process without network that starts no programs and changes no files but its own. What comes out is model.safetensors, which runs nothing, and manifest.json, which says where it is from.</source>
            <translation>文件只打开一次，所在进程没有网络，不启动其他程序，只改动自己的文件。得到的是不运行任何代码的 model.safetensors，以及说明其来源的 manifest.json。</translation>
        </message>
        <message>
            <source>What the file refers to</source>
            <translation>文件引用的内容</translation>
        </message>
        <message>
            <source>Into the folder</source>
            <translation>存入文件夹</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Choose the folder</source>
            <translation>选择文件夹</translation>
        </message>
        <message>
            <source>Open the weights</source>
            <translation>打开权重</translation>
        </message>
        <message>
            <source>{count} tensors, {size}, in {path}</source>
            <translation>{count} 个张量，{size}，位于 {path}</translation>
        </message>
        <message>
            <source>Open it once and take them out</source>
            <translation>打开一次并取出权重</translation>
        </message>
        <message>
            <source>Code in the file runs for that, in the limited process alone.</source>
            <translation>为此会运行文件中的代码，仅限于受限进程内。</translation>
        </message>
    </context>
    <context>
        <name>CurvesExport</name>
        <message>
            <source>Export the curves</source>
            <translation>导出曲线</translation>
        </message>
        <message>
            <source>Save as PNG…</source>
            <translation>保存为 PNG…</translation>
        </message>
        <message>
            <source>Save as SVG…</source>
            <translation>保存为 SVG…</translation>
        </message>
        <message>
            <source>Save as CSV…</source>
            <translation>保存为 CSV…</translation>
        </message>
        <message>
            <source>Copy picture</source>
            <translation>复制图片</translation>
        </message>
        <message>
            <source>PNG pictures (*.png)</source>
            <translation>PNG 图片 (*.png)</translation>
        </message>
        <message>
            <source>SVG drawings (*.svg)</source>
            <translation>SVG 图形 (*.svg)</translation>
        </message>
        <message>
            <source>Comma-separated values (*.csv)</source>
            <translation>逗号分隔值 (*.csv)</translation>
        </message>
    </context>
    <context>
        <name>CurvesPane</name>
        <message>
            <source>Curves</source>
            <translation>曲线</translation>
        </message>
        <message>
            <source>Curves of the run</source>
            <translation>运行的曲线</translation>
        </message>
        <message>
            <source>Smoothing of the training losses</source>
            <translation>训练损失的平滑</translation>
        </message>
        <message>
            <source>No smoothing</source>
            <translation>不平滑</translation>
        </message>
        <message>
            <source>Light smoothing</source>
            <translation>轻度平滑</translation>
        </message>
        <message>
            <source>Strong smoothing</source>
            <translation>强平滑</translation>
        </message>
        <message>
            <source>Running means over 2 % or 8 % of the steps; the curve itself is pale</source>
            <translation>对 2 % 或 8 % 的步取滑动平均；原曲线以浅色显示</translation>
        </message>
        <message>
            <source>Log loss</source>
            <translation>对数损失</translation>
        </message>
        <message>
            <source>Linear loss</source>
            <translation>线性损失</translation>
        </message>
        <message>
            <source>Axis of the loss</source>
            <translation>损失的坐标轴</translation>
        </message>
        <message>
            <source>Add run…</source>
            <translation>添加运行…</translation>
        </message>
        <message>
            <source>Lay other runs over this one</source>
            <translation>叠加其他运行</translation>
        </message>
        <message>
            <source>Draw the curves of other runs beside these, or take them away</source>
            <translation>在此旁边绘制其他运行的曲线，或将其移除</translation>
        </message>
        <message>
            <source>No validation yet.</source>
            <translation>还没有验证结果。</translation>
        </message>
        <message>
            <source>falling</source>
            <translation>下降</translation>
        </message>
        <message>
            <source>steady</source>
            <translation>平稳</translation>
        </message>
        <message>
            <source>rising</source>
            <translation>上升</translation>
        </message>
        <message>
            <source>Validation loss {loss}, {trend}</source>
            <translation>验证损失 {loss}，{trend}</translation>
        </message>
        <message>
            <source>accuracy {accuracy} %</source>
            <translation>准确率 {accuracy} %</translation>
        </message>
        <message>
            <source>{name} {value}</source>
            <translation>{name} {value}</translation>
        </message>
        <message>
            <source>Save the curves as PNG…</source>
            <translation>将曲线保存为 PNG…</translation>
        </message>
        <message>
            <source>Save the curves as SVG…</source>
            <translation>将曲线保存为 SVG…</translation>
        </message>
        <message>
            <source>Save the curves as CSV…</source>
            <translation>将曲线保存为 CSV…</translation>
        </message>
        <message>
            <source>writing {file}…</source>
            <translation>正在写入 {file}…</translation>
        </message>
        <message>
            <source>saved {file}</source>
            <translation>已保存 {file}</translation>
        </message>
    </context>
    <context>
        <name>DataDialog</name>
        <message>
            <source>Choose data</source>
            <translation>选择数据</translation>
        </message>
        <message>
            <source>Data</source>
            <translation>数据</translation>
        </message>
        <message>
            <source>A folder, a file, or a name as below</source>
            <translation>文件夹、文件，或如下所示的名称</translation>
        </message>
        <message>
            <source>Folder…</source>
            <translation>文件夹…</translation>
        </message>
        <message>
            <source>File…</source>
            <translation>文件…</translation>
        </message>
        <message>
            <source>The sample</source>
            <translation>示例</translation>
        </message>
        <message>
            <source>Used lately</source>
            <translation>最近使用</translation>
        </message>
        <message>
            <source>Choose</source>
            <translation>选择</translation>
        </message>
        <message>
            <source>Pictures: a folder with a folder for each class, or with train, val and test in it.</source>
            <translation>图片：每个类别一个子文件夹的文件夹，或其中含有 train、val 和 test。</translation>
        </message>
        <message>
            <source>Tables: a .csv or .parquet file with a column to predict.</source>
            <translation>表格：.csv 或 .parquet 文件，其中一列为要预测的目标。</translation>
        </message>
        <message>
            <source>Arrays: an .npz file with x and y.</source>
            <translation>数组：含有 x 和 y 的 .npz 文件。</translation>
        </message>
        <message>
            <source>Text: hf: and a folder of the datasets library, saved to disk.</source>
            <translation>文本：hf: 加上由 datasets 库保存到磁盘的文件夹。</translation>
        </message>
        <message>
            <source>Choose a folder of data</source>
            <translation>选择数据文件夹</translation>
        </message>
        <message>
            <source>Data (*.npz *.csv *.parquet);;All files (*)</source>
            <translation>数据 (*.npz *.csv *.parquet);;所有文件 (*)</translation>
        </message>
        <message>
            <source>Choose a file of data</source>
            <translation>选择数据文件</translation>
        </message>
    </context>
    <context>
        <name>DataOptions</name>
        <message>
            <source>Split seed</source>
            <translation>划分种子</translation>
        </message>
        <message>
            <source>The splits are made once from it, class by class.</source>
            <translation>由它一次性按类别划分。</translation>
        </message>
        <message>
            <source>Task</source>
            <translation>任务</translation>
        </message>
        <message>
            <source>automatic</source>
            <translation>自动</translation>
        </message>
        <message>
            <source>classes</source>
            <translation>分类</translation>
        </message>
        <message>
            <source>regression</source>
            <translation>回归</translation>
        </message>
        <message>
            <source>Whether the target is a class or a number.</source>
            <translation>目标是类别还是数值。</translation>
        </message>
        <message>
            <source>Target scale</source>
            <translation>目标尺度</translation>
        </message>
        <message>
            <source>A regression trains on targets of mean 0 and deviation 1; answers keep their unit.</source>
            <translation>回归在均值为 0、标准差为 1 的目标上训练；输出仍为原单位。</translation>
        </message>
        <message>
            <source>Target</source>
            <translation>目标</translation>
        </message>
        <message>
            <source>The column to predict.</source>
            <translation>要预测的列。</translation>
        </message>
        <message>
            <source>Text</source>
            <translation>文本</translation>
        </message>
        <message>
            <source>The column that is read.</source>
            <translation>要读取的列。</translation>
        </message>
        <message>
            <source>The column with the class.</source>
            <translation>类别所在的列。</translation>
        </message>
        <message>
            <source>Tokenizer</source>
            <translation>分词器</translation>
        </message>
        <message>
            <source>the model's own</source>
            <translation>模型自带</translation>
        </message>
        <message>
            <source>A folder with the tokenizer's files.</source>
            <translation>存放分词器文件的文件夹。</translation>
        </message>
        <message>
            <source>Choose a tokenizer's folder…</source>
            <translation>选择分词器文件夹…</translation>
        </message>
        <message>
            <source>Tokens</source>
            <translation>词元数</translation>
        </message>
        <message>
            <source>as the model</source>
            <translation>同模型</translation>
        </message>
        <message>
            <source>Longer texts are cut to so many tokens, shorter ones filled up.</source>
            <translation>较长的文本截断到这么多词元，较短的补齐。</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>尺寸</translation>
        </message>
        <message>
            <source>Height × width in pixels, as the model sees pictures.</source>
            <translation>模型所见图片的高 × 宽，以像素计。</translation>
        </message>
        <message>
            <source>Mean</source>
            <translation>均值</translation>
        </message>
        <message>
            <source>Deviation</source>
            <translation>标准差</translation>
        </message>
        <message>
            <source>Of each channel, with values from 0 to 1: pictures are normalised with it.</source>
            <translation>每个通道一个，取值 0 到 1：图片以此归一化。</translation>
        </message>
        <message>
            <source>Augment</source>
            <translation>增强</translation>
        </message>
        <message>
            <source>Training sees pictures cropped, flipped and coloured differently each time.</source>
            <translation>训练时每次以不同的裁剪、翻转和颜色看到图片。</translation>
        </message>
        <message>
            <source>Without labels</source>
            <translation>不用标签</translation>
        </message>
        <message>
            <source>Leave the labels aside: a teacher's answers take their place in distillation.</source>
            <translation>不用标签：蒸馏时由教师的输出代替。</translation>
        </message>
        <message>
            <source>{column}, found</source>
            <translation>{column}（找到）</translation>
        </message>
        <message>
            <source>Choose a tokenizer's folder</source>
            <translation>选择分词器文件夹</translation>
        </message>
    </context>
    <context>
        <name>DataPane</name>
        <message>
            <source>Data</source>
            <translation>数据</translation>
        </message>
        <message>
            <source>Choose data…</source>
            <translation>选择数据…</translation>
        </message>
        <message>
            <source>Read again</source>
            <translation>重新读取</translation>
        </message>
        <message>
            <source>Reading {reference}</source>
            <translation>正在读取 {reference}</translation>
        </message>
        <message>
            <source>Reading was given up.</source>
            <translation>已放弃读取。</translation>
        </message>
        <message>
            <source>There is nothing to show of these data.</source>
            <translation>这些数据没有可显示的内容。</translation>
        </message>
        <message>
            <source>Choose a tokenizer…</source>
            <translation>选择分词器…</translation>
        </message>
        <message>
            <source>Read as at first</source>
            <translation>恢复最初的读取方式</translation>
        </message>
        <message>
            <source>Choose data to train on: a folder of pictures, a table, arrays or text. They can also be dropped here.</source>
            <translation>选择用于训练的数据：图片文件夹、表格、数组或文本。也可以拖放到这里。</translation>
        </message>
        <message>
            <source>Use the sample</source>
            <translation>使用示例</translation>
        </message>
        <message>
            <source>Reading the data</source>
            <translation>正在读取数据</translation>
        </message>
        <message>
            <source>Choose a tokenizer's folder</source>
            <translation>选择分词器文件夹</translation>
        </message>
        <message>
            <source>{count} samples</source>
            <translation>{count} 个样本</translation>
        </message>
        <message numerus="yes">
            <source>%n class(es)</source>
            <translation>
                <numerusform>%n 个类别</numerusform>
            </translation>
        </message>
        <message>
            <source>fixed while it runs</source>
            <translation>运行期间固定</translation>
        </message>
    </context>
    <context>
        <name>DataView</name>
        <message>
            <source>Columns</source>
            <translation>列</translation>
        </message>
        <message>
            <source>Rows</source>
            <translation>行</translation>
        </message>
        <message>
            <source>What of the table</source>
            <translation>查看表格的</translation>
        </message>
        <message>
            <source>Samples</source>
            <translation>样本</translation>
        </message>
        <message>
            <source>Samples by class</source>
            <translation>各类样本数</translation>
        </message>
        <message>
            <source>Test stays closed until the end.</source>
            <translation>测试集直到最后才打开。</translation>
        </message>
        <message>
            <source>Reading</source>
            <translation>读取方式</translation>
        </message>
        <message>
            <source>What they are</source>
            <translation>概况</translation>
        </message>
        <message>
            <source>Splits</source>
            <translation>划分</translation>
        </message>
        <message>
            <source>Pictures</source>
            <translation>图片</translation>
        </message>
        <message>
            <source>Texts</source>
            <translation>文本</translation>
        </message>
        <message>
            <source>Training samples by target</source>
            <translation>训练样本的目标值分布</translation>
        </message>
        <message>
            <source>the sample</source>
            <translation>示例</translation>
        </message>
        <message>
            <source>pictures</source>
            <translation>图片</translation>
        </message>
        <message>
            <source>table</source>
            <translation>表格</translation>
        </message>
        <message>
            <source>text</source>
            <translation>文本</translation>
        </message>
        <message>
            <source>arrays</source>
            <translation>数组</translation>
        </message>
        <message>
            <source>classes</source>
            <translation>分类</translation>
        </message>
        <message>
            <source>regression</source>
            <translation>回归</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>none, without labels</source>
            <translation>无（不用标签）</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>种类</translation>
        </message>
        <message>
            <source>Task</source>
            <translation>任务</translation>
        </message>
        <message>
            <source>Classes</source>
            <translation>类别数</translation>
        </message>
        <message>
            <source>Input</source>
            <translation>输入</translation>
        </message>
        <message>
            <source>as the model</source>
            <translation>同模型</translation>
        </message>
        <message>
            <source>Target</source>
            <translation>目标</translation>
        </message>
        <message>
            <source>Hash</source>
            <translation>哈希</translation>
        </message>
        <message>
            <source>not a picture of a known format</source>
            <translation>不是已知格式的图片</translation>
        </message>
        <message>
            <source>a part of the file is missing</source>
            <translation>文件不完整</translation>
        </message>
        <message>
            <source>Skipped</source>
            <translation>已略过</translation>
        </message>
        <message>
            <source>file</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>problem</source>
            <translation>问题</translation>
        </message>
    </context>
    <context>
        <name>DataWarnings</name>
        <message>
            <source>Show the list</source>
            <translation>显示列表</translation>
        </message>
        <message>
            <source>Show what was skipped</source>
            <translation>显示略过的内容</translation>
        </message>
        <message>
            <source>Less</source>
            <translation>收起</translation>
        </message>
        <message numerus="yes">
            <source>%n more</source>
            <translation>
                <numerusform>还有 %n 条</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Decide</name>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Peak activations</source>
            <translation>峰值激活</translation>
        </message>
        <message>
            <source>Latency</source>
            <translation>延迟</translation>
        </message>
        <message>
            <source>Energy</source>
            <translation>能耗</translation>
        </message>
        <message>
            <source>MACs</source>
            <translation>MACs</translation>
        </message>
        <message>
            <source>roofline, ± 25 %</source>
            <translation>屋顶线估计，± 25 %</translation>
        </message>
        <message>
            <source>estimate, one inference</source>
            <translation>估计，一次推理</translation>
        </message>
        <message>
            <source>one sample</source>
            <translation>单个样本</translation>
        </message>
        <message>
            <source>counted</source>
            <translation>计数</translation>
        </message>
        <message>
            <source>Pruning</source>
            <translation>剪枝</translation>
        </message>
        <message>
            <source>Distillation</source>
            <translation>蒸馏</translation>
        </message>
        <message>
            <source>pruning</source>
            <translation>剪枝</translation>
        </message>
        <message>
            <source>distillation</source>
            <translation>蒸馏</translation>
        </message>
    </context>
    <context>
        <name>DecidePage</name>
        <message>
            <source>Decision</source>
            <translation>决策</translation>
        </message>
        <message>
            <source>Needs and budgets</source>
            <translation>需求与预算</translation>
        </message>
        <message>
            <source>Device and limits</source>
            <translation>设备与限制</translation>
        </message>
        <message>
            <source>Facts</source>
            <translation>事实</translation>
        </message>
        <message>
            <source>threshold in bold · shaded side says yes</source>
            <translation>粗体为阈值 · 着色一侧为“是”</translation>
        </message>
        <message>
            <source>pseudo-code of the founding document, section 4</source>
            <translation>立项文档第 4 节的伪代码</translation>
        </message>
        <message>
            <source>Sources</source>
            <translation>来源</translation>
        </message>
        <message>
            <source>Sources of the device's figures</source>
            <translation>设备数值的来源</translation>
        </message>
        <message>
            <source>Considerations</source>
            <translation>考量</translation>
        </message>
        <message>
            <source>founding document, section 4</source>
            <translation>立项文档第 4 节</translation>
        </message>
        <message>
            <source>Plan</source>
            <translation>方案</translation>
        </message>
        <message>
            <source>predicted</source>
            <translation>预测</translation>
        </message>
        <message>
            <source>Open a model to see which technique fits it.</source>
            <translation>打开模型，看哪种技术适合它。</translation>
        </message>
        <message>
            <source>Go to Inspect</source>
            <translation>前往“检查”</translation>
        </message>
        <message>
            <source>What is measured of the model appears here.</source>
            <translation>模型的测量结果显示在此处。</translation>
        </message>
        <message>
            <source>What the model needs on the device appears here.</source>
            <translation>模型在设备上的需求显示在此处。</translation>
        </message>
        <message>
            <source>The rules that speak here appear here.</source>
            <translation>此处适用的规则显示在此处。</translation>
        </message>
        <message>
            <source>The plan appears here.</source>
            <translation>方案显示在此处。</translation>
        </message>
        <message>
            <source>The open file is no network: it can be looked at, and neither pruned nor trained.</source>
            <translation>打开的文件不是网络：可以查看，不能剪枝，也不能训练。</translation>
        </message>
        <message>
            <source>Working out the plan</source>
            <translation>正在推算方案</translation>
        </message>
        <message numerus="yes">
            <source>%n budget(s) exceeded</source>
            <translation>
                <numerusform>%n 项预算超出</numerusform>
            </translation>
        </message>
        <message>
            <source>yes</source>
            <translation>是</translation>
        </message>
        <message>
            <source>no</source>
            <translation>否</translation>
        </message>
        <message>
            <source>Open a model first.</source>
            <translation>请先打开模型。</translation>
        </message>
        <message>
            <source>A plan has been taken.</source>
            <translation>已采用方案。</translation>
        </message>
        <message>
            <source>The advice is there; no plan taken yet.</source>
            <translation>建议已给出，尚未采用方案。</translation>
        </message>
        <message>
            <source>params</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>weights at {precision}</source>
            <translation>{precision} 权重</translation>
        </message>
        <message>
            <source>MACs per param</source>
            <translation>每参数 MACs</translation>
        </message>
        <message>
            <source>Advice updated in {ms} ms</source>
            <translation>建议更新用时 {ms} 毫秒</translation>
        </message>
        <message>
            <source>Open a device profile</source>
            <translation>打开设备配置</translation>
        </message>
        <message>
            <source>Device profiles (*.toml)</source>
            <translation>设备配置 (*.toml)</translation>
        </message>
        <message>
            <source>Measuring this machine</source>
            <translation>正在测量本机</translation>
        </message>
        <message>
            <source>Timing training steps</source>
            <translation>正在为训练步计时</translation>
        </message>
    </context>
    <context>
        <name>DecideStrip</name>
        <message>
            <source>Device and limits</source>
            <translation>设备与限制</translation>
        </message>
        <message>
            <source>Device</source>
            <translation>设备</translation>
        </message>
        <message>
            <source>What the compressed model has to run on</source>
            <translation>压缩后的模型要在何处运行</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>测量</translation>
        </message>
        <message>
            <source>Measure this machine</source>
            <translation>测量本机</translation>
        </message>
        <message>
            <source>Times this machine's arithmetic and memory; takes a few seconds</source>
            <translation>为本机的运算和内存计时；需几秒</translation>
        </message>
        <message>
            <source>Strict limits</source>
            <translation>严格限制</translation>
        </message>
        <message>
            <source>Treat size and compute as strictly limited, whatever the budgets say</source>
            <translation>无论预算如何，都视大小与计算量为严格受限</translation>
        </message>
        <message>
            <source>Largest weights, MB</source>
            <translation>权重上限（MB）</translation>
        </message>
        <message>
            <source>Longest latency, ms</source>
            <translation>延迟上限（ms）</translation>
        </message>
        <message>
            <source>Most energy, mJ</source>
            <translation>能耗上限（mJ）</translation>
        </message>
        <message>
            <source>Largest accuracy drop, points</source>
            <translation>准确率降幅上限（百分点）</translation>
        </message>
        <message>
            <source>Longest training, h</source>
            <translation>训练时间上限（h）</translation>
        </message>
        <message>
            <source>Weights, MB</source>
            <translation>权重（MB）</translation>
        </message>
        <message>
            <source>Latency, ms</source>
            <translation>延迟（ms）</translation>
        </message>
        <message>
            <source>Energy, mJ</source>
            <translation>能耗（mJ）</translation>
        </message>
        <message>
            <source>Accuracy drop, points</source>
            <translation>准确率降幅（百分点）</translation>
        </message>
        <message>
            <source>Training, h</source>
            <translation>训练（h）</translation>
        </message>
        <message>
            <source>Limits</source>
            <translation>限制</translation>
        </message>
        <message>
            <source>not set</source>
            <translation>未设</translation>
        </message>
        <message>
            <source>Input</source>
            <translation>输入</translation>
        </message>
        <message>
            <source>From a file…</source>
            <translation>从文件…</translation>
        </message>
        <message>
            <source>Empty: the device's own budget</source>
            <translation>留空：按设备自身的预算</translation>
        </message>
    </context>
    <context>
        <name>DecisionTree</name>
        <message>
            <source>{ratio} of {limit}</source>
            <translation>{ratio}，阈值 {limit}</translation>
        </message>
        <message>
            <source>{params} of {gate} M params</source>
            <translation>{params}，阈值 {gate} M 参数</translation>
        </message>
        <message>
            <source>strict limits</source>
            <translation>严格限制</translation>
        </message>
        <message>
            <source>every budget is met</source>
            <translation>各项预算均满足</translation>
        </message>
        <message>
            <source>a limit is set</source>
            <translation>已设限值</translation>
        </message>
        <message>
            <source>no limit is set</source>
            <translation>未设限值</translation>
        </message>
        <message>
            <source>set by hand</source>
            <translation>手动设定</translation>
        </message>
        <message>
            <source>not reached</source>
            <translation>未到达</translation>
        </message>
        <message>
            <source>Parameter-dense?</source>
            <translation>参数密集？</translation>
        </message>
        <message>
            <source>Resource limits?</source>
            <translation>资源受限？</translation>
        </message>
        <message>
            <source>Performance required?</source>
            <translation>有性能要求？</translation>
        </message>
        <message>
            <source>leaf {leaf}</source>
            <translation>叶节点 {leaf}</translation>
        </message>
    </context>
    <context>
        <name>EtaWidget</name>
        <message>
            <source>Time left with its spread</source>
            <translation>剩余时间及其范围</translation>
        </message>
        <message>
            <source>now</source>
            <translation>现在</translation>
        </message>
    </context>
    <context>
        <name>FactCard</name>
        <message>
            <source>{fact}: measured or by hand</source>
            <translation>{fact}：测得或手动</translation>
        </message>
        <message>
            <source>Measured</source>
            <translation>测得</translation>
        </message>
        <message>
            <source>Yes, by hand</source>
            <translation>是，手动</translation>
        </message>
        <message>
            <source>No, by hand</source>
            <translation>否，手动</translation>
        </message>
        <message>
            <source>Yes</source>
            <translation>是</translation>
        </message>
        <message>
            <source>No</source>
            <translation>否</translation>
        </message>
        <message>
            <source>Set by hand; the measure says yes.</source>
            <translation>手动设定；测得为“是”。</translation>
        </message>
        <message>
            <source>Set by hand; the measure says no.</source>
            <translation>手动设定；测得为“否”。</translation>
        </message>
    </context>
    <context>
        <name>FactsView</name>
        <message>
            <source>Facts</source>
            <translation>事实</translation>
        </message>
        <message>
            <source>Resource-limited</source>
            <translation>资源受限</translation>
        </message>
        <message>
            <source>Performance required</source>
            <translation>有性能要求</translation>
        </message>
        <message>
            <source>Training limited</source>
            <translation>训练受限</translation>
        </message>
        <message>
            <source>Training time of the plan</source>
            <translation>方案的训练时间</translation>
        </message>
        <message>
            <source>Estimate training time</source>
            <translation>估计训练时间</translation>
        </message>
        <message>
            <source>Times ten training steps of the plan on this machine</source>
            <translation>在本机上为方案的十个训练步计时</translation>
        </message>
        <message>
            <source>Leaf {leaf} does not ask this fact.</source>
            <translation>叶节点 {leaf} 不看此项。</translation>
        </message>
        <message>
            <source>plan</source>
            <translation>方案</translation>
        </message>
        <message>
            <source>Training time: {time} of {given} h</source>
            <translation>训练时间：{time}，给定 {given} h</translation>
        </message>
        <message>
            <source>From {count} steps on this machine, 95 % interval {spread}.</source>
            <translation>据本机 {count} 步，95 % 区间 {spread}。</translation>
        </message>
    </context>
    <context>
        <name>FailureStrip</name>
        <message>
            <source>Details</source>
            <translation>详情</translation>
        </message>
        <message>
            <source>Close this message</source>
            <translation>关闭此消息</translation>
        </message>
    </context>
    <context>
        <name>FieldGroup</name>
        <message>
            <source>{group}, shown</source>
            <translation>{group}，已展开</translation>
        </message>
        <message>
            <source>{group}, folded</source>
            <translation>{group}，已折叠</translation>
        </message>
    </context>
    <context>
        <name>HeatMapPane</name>
        <message>
            <source>Layers × costs</source>
            <translation>层 × 成本</translation>
        </message>
        <message>
            <source>What a share is of</source>
            <translation>占比的基准</translation>
        </message>
        <message>
            <source>Share of total</source>
            <translation>占总量</translation>
        </message>
        <message>
            <source>Share of largest</source>
            <translation>占最大层</translation>
        </message>
        <message>
            <source>As they are</source>
            <translation>原始数值</translation>
        </message>
        <message>
            <source>Each cost by itself, as a share of its total or of its largest layer; or all on one scale.</source>
            <translation>每项成本各自归一化：占总量或占最大层的份额；或全部使用同一标尺。</translation>
        </message>
        <message>
            <source>Scale</source>
            <translation>刻度</translation>
        </message>
        <message>
            <source>Log</source>
            <translation>对数</translation>
        </message>
        <message>
            <source>Linear</source>
            <translation>线性</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>测量</translation>
        </message>
        <message>
            <source>Measure latency</source>
            <translation>测量延迟</translation>
        </message>
        <message>
            <source>Runs the model for about 3 s: batch of 1, 1 thread, median of each layer.</source>
            <translation>运行模型约 3 秒：批大小 1，1 个线程，取每层的中位数。</translation>
        </message>
        <message>
            <source>share, %</source>
            <translation>占比（%）</translation>
        </message>
        <message>
            <source>Layers and costs</source>
            <translation>层与成本</translation>
        </message>
        <message>
            <source>{size} layers a column</source>
            <translation>每列 {size} 层</translation>
        </message>
        <message>
            <source>{time} {unit}, 95 % {interval}</source>
            <translation>{time} {unit}，95 % 区间 {interval}</translation>
        </message>
        <message>
            <source>about {seconds} s left</source>
            <translation>约剩 {seconds} 秒</translation>
        </message>
        <message>
            <source>Measuring latency</source>
            <translation>正在测量延迟</translation>
        </message>
    </context>
    <context>
        <name>IdentifyDialog</name>
        <message>
            <source>Which architecture is it?</source>
            <translation>这是哪种架构？</translation>
        </message>
        <message>
            <source>Names and shapes of the tensors in {file} against torchvision's and timm's</source>
            <translation>将 {file} 中张量的名称和形状与 torchvision 和 timm 对照</translation>
        </message>
        <message>
            <source>Architectures, the likeliest first</source>
            <translation>架构，最可能的在前</translation>
        </message>
        <message>
            <source>Double-click or Enter opens it with these weights</source>
            <translation>双击或按 Enter 以这些权重打开</translation>
        </message>
        <message>
            <source>Adopt</source>
            <translation>采用</translation>
        </message>
        <message>
            <source>Choose an architecture…</source>
            <translation>选择架构…</translation>
        </message>
        <message>
            <source>No architecture of torchvision or timm is like it. If it is of your own code, choose py:FILE.py:FUNCTION with this file as its weights.</source>
            <translation>torchvision 和 timm 中没有与之相似的架构。如果它来自您自己的代码，请选择 py:FILE.py:FUNCTION，并以此文件为权重。</translation>
        </message>
        <message>
            <source>Architecture</source>
            <translation>架构</translation>
        </message>
        <message>
            <source>Fits (%)</source>
            <translation>吻合（%）</translation>
        </message>
        <message>
            <source>By name and shape (%)</source>
            <translation>名称和形状（%）</translation>
        </message>
        <message>
            <source>By shape (%)</source>
            <translation>形状（%）</translation>
        </message>
        <message>
            <source>Classes</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Tie</source>
            <translation>并列</translation>
        </message>
        <message>
            <source>tied first</source>
            <translation>并列第一</translation>
        </message>
        <message>
            <source>{count} architectures fit equally well: their tensors have the same names and shapes.</source>
            <translation>{count} 种架构吻合程度相同：它们的张量名称和形状一样。</translation>
        </message>
        <message>
            <source>{count} architectures fit equally well.</source>
            <translation>{count} 种架构吻合程度相同。</translation>
        </message>
        <message>
            <source>All {count} tensors fit {model}, by name and shape.</source>
            <translation>全部 {count} 个张量的名称和形状都与 {model} 吻合。</translation>
        </message>
        <message>
            <source>{model} is the likeliest: {share} of all tensors fit.</source>
            <translation>最可能是 {model}：{share} 的张量吻合。</translation>
        </message>
    </context>
    <context>
        <name>InspectActions</name>
        <message>
            <source>Compare with ano&amp;ther model…</source>
            <translation>与另一个模型比较(&amp;T)…</translation>
        </message>
        <message>
            <source>Measure this mac&amp;hine</source>
            <translation>测量本机(&amp;H)</translation>
        </message>
        <message>
            <source>Add n&amp;umbers from a file…</source>
            <translation>从文件添加数据(&amp;U)…</translation>
        </message>
        <message>
            <source>&amp;Remove added numbers</source>
            <translation>移除添加的数据(&amp;R)</translation>
        </message>
        <message>
            <source>Save as &amp;Netron attachment…</source>
            <translation>另存为 Netron 附件(&amp;N)…</translation>
        </message>
        <message>
            <source>Figures by layer (*.csv *.tsv *.txt *.json);;All files (*)</source>
            <translation>逐层数据 (*.csv *.tsv *.txt *.json);;所有文件 (*)</translation>
        </message>
        <message>
            <source>Add numbers from a file</source>
            <translation>从文件添加数据</translation>
        </message>
        <message>
            <source>Reading {file}</source>
            <translation>正在读取 {file}</translation>
        </message>
        <message>
            <source>1 name in {file} is no layer of this model</source>
            <translation>{file} 中有 1 个名称不是此模型的层</translation>
        </message>
        <message>
            <source>{count} names in {file} are no layers of this model</source>
            <translation>{file} 中有 {count} 个名称不是此模型的层</translation>
        </message>
        <message>
            <source>There is room for {most} columns; left out: {titles}</source>
            <translation>最多显示 {most} 列；未显示：{titles}</translation>
        </message>
        <message>
            <source>Left out: {names}</source>
            <translation>未采用：{names}</translation>
        </message>
        <message>
            <source>Save as Netron attachment</source>
            <translation>另存为 Netron 附件</translation>
        </message>
        <message>
            <source>Netron attachments (*.json)</source>
            <translation>Netron 附件 (*.json)</translation>
        </message>
        <message>
            <source>The file {file} could not be written</source>
            <translation>无法写入文件 {file}</translation>
        </message>
        <message>
            <source>Choose another folder</source>
            <translation>请选择其他文件夹</translation>
        </message>
    </context>
    <context>
        <name>InspectPage</name>
        <message>
            <source>No model is open.</source>
            <translation>尚未打开模型。</translation>
        </message>
        <message>
            <source>Open a model to see what each layer costs.</source>
            <translation>打开一个模型，查看每一层的成本。</translation>
        </message>
        <message>
            <source>Open…</source>
            <translation>打开…</translation>
        </message>
        <message>
            <source>Try the sample</source>
            <translation>试用示例</translation>
        </message>
        <message>
            <source>What this file is</source>
            <translation>此文件是什么</translation>
        </message>
        <message>
            <source>Layers counted: {count}.</source>
            <translation>已统计 {count} 层。</translation>
        </message>
        <message>
            <source>at least {figure}</source>
            <translation>至少 {figure}</translation>
        </message>
        <message>
            <source>params</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>未知</translation>
        </message>
        <message>
            <source>weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>peak activations</source>
            <translation>峰值激活</translation>
        </message>
        <message>
            <source>MACs per param</source>
            <translation>每参数 MACs</translation>
        </message>
        <message>
            <source>Input {shape} {dtype}</source>
            <translation>输入 {shape} {dtype}</translation>
        </message>
        <message>
            <source>Find layer</source>
            <translation>查找层</translation>
        </message>
    </context>
    <context>
        <name>KernelGrid</name>
        <message>
            <source>Kernels</source>
            <translation>卷积核</translation>
        </message>
        <message>
            <source>output {output}, input {input}</source>
            <translation>输出 {output}，输入 {input}</translation>
        </message>
        <message>
            <source>{kernel} · {low} to {high} · L2 norm {norm}</source>
            <translation>{kernel} · {low} 至 {high} · L2 范数 {norm}</translation>
        </message>
    </context>
    <context>
        <name>KernelPictures</name>
        <message>
            <source>weight</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>first {shown} of {total} kernels, {size}</source>
            <translation>共 {total} 个卷积核，显示前 {shown} 个，{size}</translation>
        </message>
        <message>
            <source>{total} kernels, {size}</source>
            <translation>{total} 个卷积核，{size}</translation>
        </message>
        <message>
            <source>Click a kernel, or use the arrows.</source>
            <translation>点击一个卷积核，或使用方向键。</translation>
        </message>
    </context>
    <context>
        <name>KernelsView</name>
        <message>
            <source>The kernels could not be read. Select the layer again.</source>
            <translation>无法读取卷积核。请重新选择该层。</translation>
        </message>
    </context>
    <context>
        <name>KindDelegate</name>
        <message>
            <source>What {column} is taken for</source>
            <translation>{column} 视为什么</translation>
        </message>
    </context>
    <context>
        <name>KnowingPane</name>
        <message>
            <source>Worth knowing</source>
            <translation>值得注意</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>查看</translation>
        </message>
        <message>
            <source>written from the measurements of this run</source>
            <translation>根据这次运行的测量写成</translation>
        </message>
    </context>
    <context>
        <name>LayerFacts</name>
        <message>
            <source>What is known of the layer</source>
            <translation>该层的已知信息</translation>
        </message>
        <message>
            <source>MACs per param</source>
            <translation>MACs/参数</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>类型</translation>
        </message>
        <message>
            <source>Output</source>
            <translation>输出</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>Calls</source>
            <translation>调用次数</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Latency</source>
            <translation>延迟</translation>
        </message>
        <message>
            <source>Fed by</source>
            <translation>输入来自</translation>
        </message>
        <message>
            <source>Feeds</source>
            <translation>输出到</translation>
        </message>
        <message>
            <source>Coupled with</source>
            <translation>耦合</translation>
        </message>
        <message>
            <source>1 layer</source>
            <translation>1 层</translation>
        </message>
        <message>
            <source>{count} layers</source>
            <translation>{count} 层</translation>
        </message>
        <message>
            <source>not counted</source>
            <translation>未统计</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>未知</translation>
        </message>
        <message>
            <source>{count}, {figure} each</source>
            <translation>{count} 次，每次 {figure}</translation>
        </message>
    </context>
    <context>
        <name>LayerModel</name>
        <message>
            <source>Share</source>
            <translation>占比</translation>
        </message>
        <message>
            <source>Layer</source>
            <translation>层</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>类型</translation>
        </message>
        <message>
            <source>Output</source>
            <translation>输出</translation>
        </message>
        <message>
            <source>Params</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>Share of parameters</source>
            <translation>参数占比</translation>
        </message>
        <message>
            <source>Share of {unit}</source>
            <translation>{unit} 占比</translation>
        </message>
        <message>
            <source>Activ.</source>
            <translation>激活</translation>
        </message>
        <message>
            <source>Activations</source>
            <translation>激活</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>MACs per</source>
            <translation>每参数</translation>
        </message>
        <message>
            <source>MACs per parameter</source>
            <translation>每参数 MACs</translation>
        </message>
        <message>
            <source>Calls</source>
            <translation>调用次数</translation>
        </message>
        <message>
            <source>Latency</source>
            <translation>延迟</translation>
        </message>
        <message>
            <source>param</source>
            <translation>MACs</translation>
        </message>
        <message>
            <source>{name}: not measured</source>
            <translation>{name}：未测量</translation>
        </message>
        <message>
            <source>{name}: not counted</source>
            <translation>{name}：未统计</translation>
        </message>
        <message>
            <source>Layers not counted: {count}</source>
            <translation>未统计的层：{count}</translation>
        </message>
        <message>
            <source>{count} blocks alike, {first} to {last}. The figures are those of one.</source>
            <translation>{count} 个相同的块，{first} 至 {last}。数值为其中一个的。</translation>
        </message>
        <message>
            <source>{count} times {period} in turn, {first} to {last}. The figures are those of one.</source>
            <translation>{period} 层一组交替重复 {count} 次，{first} 至 {last}。数值为其中一组的。</translation>
        </message>
        <message>
            <source>open</source>
            <translation>已展开</translation>
        </message>
        <message>
            <source>closed</source>
            <translation>已折叠</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>未知</translation>
        </message>
    </context>
    <context>
        <name>LayerPane</name>
        <message>
            <source>Layer</source>
            <translation>层</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Neighbours</source>
            <translation>相邻层</translation>
        </message>
        <message>
            <source>What is shown of the layer</source>
            <translation>显示该层的哪些内容</translation>
        </message>
        <message>
            <source>Kernels</source>
            <translation>卷积核</translation>
        </message>
        <message>
            <source>The selected layer appears here.</source>
            <translation>所选层显示在这里。</translation>
        </message>
        <message>
            <source>the whole model</source>
            <translation>整个模型</translation>
        </message>
        <message>
            <source>selected layer</source>
            <translation>所选层</translation>
        </message>
        <message>
            <source>selected module</source>
            <translation>所选模块</translation>
        </message>
        <message>
            <source>{layer} inputs</source>
            <translation>{layer} 的输入</translation>
        </message>
        <message>
            <source>Reading weights</source>
            <translation>正在读取权重</translation>
        </message>
        <message>
            <source>The numbers stay in the file: its names, shapes and types are read, and nothing else.</source>
            <translation>数值留在文件中：只读取名称、形状和类型。</translation>
        </message>
        <message>
            <source>Select a layer to see its weights.</source>
            <translation>选择一层以查看其权重。</translation>
        </message>
        <message>
            <source>This layer has no weights.</source>
            <translation>该层没有权重。</translation>
        </message>
        <message>
            <source>Only convolutions have kernels to be drawn.</source>
            <translation>只有卷积层有可显示的卷积核。</translation>
        </message>
        <message>
            <source>This layer has no kernels that can be drawn.</source>
            <translation>此层没有可显示的卷积核。</translation>
        </message>
    </context>
    <context>
        <name>LayerStrip</name>
        <message>
            <source>Cost by layer: before, planned and now</source>
            <translation>逐层开销：之前、计划与当前</translation>
        </message>
        <message>
            <source>{unit}, {prefix}</source>
            <translation>{unit}（{prefix}）</translation>
        </message>
        <message>
            <source>before</source>
            <translation>之前</translation>
        </message>
        <message>
            <source>removed, %</source>
            <translation>移除（%）</translation>
        </message>
        <message>
            <source>now</source>
            <translation>当前</translation>
        </message>
        <message>
            <source>planned</source>
            <translation>计划</translation>
        </message>
        <message>
            <source>channels {when}</source>
            <translation>通道（{when}）</translation>
        </message>
        <message>
            <source>layer</source>
            <translation>层</translation>
        </message>
        <message>
            <source>lock</source>
            <translation>锁</translation>
        </message>
        <message>
            <source>, {channels} channels</source>
            <translation>，{channels} 个通道</translation>
        </message>
    </context>
    <context>
        <name>LayersPane</name>
        <message>
            <source>Layers: planned and real</source>
            <translation>各层：计划与实际</translation>
        </message>
        <message>
            <source>training leaves the layers as they are</source>
            <translation>训练不改变各层</translation>
        </message>
        <message>
            <source>planned, not yet carried out</source>
            <translation>计划，尚未执行</translation>
        </message>
        <message>
            <source>real equals planned in {equal} of {all} layers</source>
            <translation>{all} 层中 {equal} 层与计划一致</translation>
        </message>
        <message>
            <source>channels as planned in {equal} of {all} layers</source>
            <translation>{all} 层中 {equal} 层的通道与计划一致</translation>
        </message>
        <message>
            <source>Layers</source>
            <translation>层</translation>
        </message>
        <message>
            <source>share of total, %</source>
            <translation>占总量（%）</translation>
        </message>
        <message>
            <source>Layers and what they cost</source>
            <translation>各层及其成本</translation>
        </message>
        <message>
            <source>Name or kind</source>
            <translation>名称或类型</translation>
        </message>
        <message>
            <source>Search layers by name or kind</source>
            <translation>按名称或类型查找层</translation>
        </message>
        <message>
            <source>Kind of layer</source>
            <translation>层的类型</translation>
        </message>
        <message>
            <source>All kinds</source>
            <translation>所有类型</translation>
        </message>
        <message>
            <source>Range</source>
            <translation>范围</translation>
        </message>
        <message>
            <source>Only layers whose cost is in a range</source>
            <translation>只显示成本在某一范围内的层</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>显示</translation>
        </message>
        <message>
            <source>Choose columns</source>
            <translation>选择列</translation>
        </message>
        <message>
            <source>1 layer selected</source>
            <translation>已选 1 层</translation>
        </message>
        <message>
            <source>{size} activations</source>
            <translation>激活 {size}</translation>
        </message>
        <message>
            <source>{count} without cost</source>
            <translation>无成本层：{count}</translation>
        </message>
        <message>
            <source>One list, without modules</source>
            <translation>单一列表，不分模块</translation>
        </message>
        <message>
            <source>Open all modules</source>
            <translation>展开所有模块</translation>
        </message>
        <message>
            <source>Close all modules</source>
            <translation>折叠所有模块</translation>
        </message>
        <message>
            <source>{shown} of {all} shown</source>
            <translation>显示 {shown} / {all}</translation>
        </message>
        <message>
            <source>{count} layers selected</source>
            <translation>已选 {count} 层</translation>
        </message>
        <message>
            <source>No parameters, no {unit}, output of the same shape as the input: activations, dropout.</source>
            <translation>没有参数，没有 {unit}，输出与输入形状相同：激活函数、dropout。</translation>
        </message>
        <message>
            <source>Hide</source>
            <translation>隐藏</translation>
        </message>
    </context>
    <context>
        <name>LiveCurves</name>
        <message>
            <source>Loss by step</source>
            <translation>各步的损失</translation>
        </message>
        <message>
            <source>Quantity by step</source>
            <translation>各步的量</translation>
        </message>
        <message>
            <source>Values at a step</source>
            <translation>某一步的值</translation>
        </message>
        <message>
            <source>Quantity of the lower plot</source>
            <translation>下图显示的量</translation>
        </message>
        <message>
            <source>Whole run</source>
            <translation>整个运行</translation>
        </message>
        <message>
            <source>Show the whole run</source>
            <translation>显示整个运行</translation>
        </message>
        <message>
            <source>Show all steps again (double click, Esc)</source>
            <translation>重新显示所有步（双击，Esc）</translation>
        </message>
        <message>
            <source>{quantity} by step</source>
            <translation>各步的{quantity}</translation>
        </message>
        <message>
            <source>Losses at a step</source>
            <translation>某一步的损失</translation>
        </message>
        <message>
            <source>Loss</source>
            <translation>损失</translation>
        </message>
        <message>
            <source>validation</source>
            <translation>验证</translation>
        </message>
        <message>
            <source>Curves by step</source>
            <translation>各步的曲线</translation>
        </message>
        <message>
            <source>step</source>
            <translation>步</translation>
        </message>
        <message>
            <source>log scale</source>
            <translation>对数刻度</translation>
        </message>
        <message>
            <source>at step {step}</source>
            <translation>第 {step} 步</translation>
        </message>
    </context>
    <context>
        <name>LogPane</name>
        <message>
            <source>Log</source>
            <translation>日志</translation>
        </message>
        <message>
            <source>Copy the log</source>
            <translation>复制日志</translation>
        </message>
        <message numerus="yes">
            <source>%n warning(s)</source>
            <translation>
                <numerusform>%n 条警告</numerusform>
            </translation>
        </message>
        <message>
            <source>no warnings</source>
            <translation>无警告</translation>
        </message>
    </context>
    <context>
        <name>LogView</name>
        <message>
            <source>Log of the run</source>
            <translation>运行日志</translation>
        </message>
    </context>
    <context>
        <name>LossCurves</name>
        <message>
            <source>checkpoint</source>
            <translation>检查点</translation>
        </message>
        <message>
            <source>Learning rate that was set by hand</source>
            <translation>手动设定的学习率</translation>
        </message>
        <message>
            <source>rate set</source>
            <translation>设定学习率</translation>
        </message>
        <message>
            <source>unsmoothed</source>
            <translation>未平滑</translation>
        </message>
        <message>
            <source>its validation</source>
            <translation>其验证</translation>
        </message>
        <message>
            <source>{run}, validation</source>
            <translation>{run}，验证</translation>
        </message>
        <message>
            <source>{run}, train</source>
            <translation>{run}，训练</translation>
        </message>
        <message>
            <source>validation</source>
            <translation>验证</translation>
        </message>
        <message>
            <source>train, total</source>
            <translation>训练，总计</translation>
        </message>
        <message>
            <source>train</source>
            <translation>训练</translation>
        </message>
        <message>
            <source>train, CE</source>
            <translation>训练，CE</translation>
        </message>
        <message>
            <source>train, KD</source>
            <translation>训练，KD</translation>
        </message>
        <message>
            <source>train, {part}</source>
            <translation>训练，{part}</translation>
        </message>
    </context>
    <context>
        <name>MainWindow</name>
        <message>
            <source>Inspect</source>
            <translation>查看</translation>
        </message>
        <message>
            <source>Decide</source>
            <translation>决定</translation>
        </message>
        <message>
            <source>Compress</source>
            <translation>压缩</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>比较</translation>
        </message>
        <message>
            <source>Toolbar</source>
            <translation>工具栏</translation>
        </message>
        <message>
            <source>Open again</source>
            <translation>重新打开</translation>
        </message>
        <message>
            <source>Open…</source>
            <translation>打开…</translation>
        </message>
    </context>
    <context>
        <name>Maps</name>
        <message>
            <source>Parameters</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>Activations</source>
            <translation>激活</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Latency</source>
            <translation>延迟</translation>
        </message>
        <message>
            <source>not measured</source>
            <translation>未测量</translation>
        </message>
        <message>
            <source>not counted</source>
            <translation>未统计</translation>
        </message>
        <message>
            <source>{figure} params</source>
            <translation>{figure} 参数</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>未知</translation>
        </message>
        <message>
            <source>not measured yet</source>
            <translation>尚未测量</translation>
        </message>
        <message>
            <source>no shares: negative or 0</source>
            <translation>无占比：有负值或全为 0</translation>
        </message>
        <message>
            <source>share, %</source>
            <translation>占比（%）</translation>
        </message>
        <message>
            <source>count, bytes, ms</source>
            <translation>个数、字节、毫秒</translation>
        </message>
        <message>
            <source>Layer</source>
            <translation>层</translation>
        </message>
        <message>
            <source>Layers × costs</source>
            <translation>层 × 成本</translation>
        </message>
        <message>
            <source>{cost}: most in {layer}, {share}.</source>
            <translation>{cost}：{layer} 最多，占 {share}。</translation>
        </message>
        <message>
            <source>{count} smaller ones</source>
            <translation>另外 {count} 个较小的</translation>
        </message>
        <message>
            <source>Tree map</source>
            <translation>矩形树图</translation>
        </message>
    </context>
    <context>
        <name>MeasureModel</name>
        <message>
            <source>Measure</source>
            <translation>指标</translation>
        </message>
        <message>
            <source>Unit</source>
            <translation>单位</translation>
        </message>
        <message>
            <source>Before</source>
            <translation>之前</translation>
        </message>
        <message>
            <source>After</source>
            <translation>之后</translation>
        </message>
        <message>
            <source>Change</source>
            <translation>变化</translation>
        </message>
        <message>
            <source>95 % interval</source>
            <translation>95 % 区间</translation>
        </message>
    </context>
    <context>
        <name>Measures</name>
        <message>
            <source>Parameters</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Peak activations</source>
            <translation>峰值激活</translation>
        </message>
        <message>
            <source>not counted</source>
            <translation>未统计</translation>
        </message>
        <message>
            <source>the same</source>
            <translation>相同</translation>
        </message>
        <message>
            <source>exact</source>
            <translation>精确</translation>
        </message>
        <message>
            <source>no difference</source>
            <translation>无差异</translation>
        </message>
        <message>
            <source>{ratio}× smaller</source>
            <translation>减至 1/{ratio}</translation>
        </message>
        <message>
            <source>{ratio}× larger</source>
            <translation>增至 {ratio} 倍</translation>
        </message>
        <message>
            <source>{ratio}× fewer</source>
            <translation>减至 1/{ratio}</translation>
        </message>
        <message>
            <source>{ratio}× more</source>
            <translation>增至 {ratio} 倍</translation>
        </message>
        <message>
            <source>{ratio}× as fast</source>
            <translation>速度 {ratio} 倍</translation>
        </message>
        <message>
            <source>before</source>
            <translation>之前</translation>
        </message>
        <message>
            <source>after</source>
            <translation>之后</translation>
        </message>
        <message>
            <source>Latency, batch {batch}</source>
            <translation>延迟，批大小 {batch}</translation>
        </message>
        <message>
            <source>Test error (MSE)</source>
            <translation>测试误差（MSE）</translation>
        </message>
        <message>
            <source>higher</source>
            <translation>更高</translation>
        </message>
        <message>
            <source>lower</source>
            <translation>更低</translation>
        </message>
        <message>
            <source>{samples} test samples</source>
            <translation>{samples} 个测试样本</translation>
        </message>
        <message>
            <source>, the same for both models</source>
            <translation>，两个模型相同</translation>
        </message>
        <message>
            <source>{points} points</source>
            <translation>{points} 个百分点</translation>
        </message>
        <message>
            <source>Test accuracy</source>
            <translation>测试准确率</translation>
        </message>
    </context>
    <context>
        <name>Menus</name>
        <message>
            <source>&amp;File</source>
            <translation>文件(&amp;F)</translation>
        </message>
        <message>
            <source>&amp;Edit</source>
            <translation>编辑(&amp;E)</translation>
        </message>
        <message>
            <source>&amp;View</source>
            <translation>视图(&amp;V)</translation>
        </message>
        <message>
            <source>&amp;Model</source>
            <translation>模型(&amp;M)</translation>
        </message>
        <message>
            <source>&amp;Run</source>
            <translation>运行(&amp;R)</translation>
        </message>
        <message>
            <source>&amp;Window</source>
            <translation>窗口(&amp;W)</translation>
        </message>
        <message>
            <source>&amp;Help</source>
            <translation>帮助(&amp;H)</translation>
        </message>
        <message>
            <source>Open &amp;recent</source>
            <translation>最近打开(&amp;R)</translation>
        </message>
        <message>
            <source>&amp;Open…</source>
            <translation>打开(&amp;O)…</translation>
        </message>
        <message>
            <source>Open the &amp;sample</source>
            <translation>打开示例(&amp;S)</translation>
        </message>
        <message>
            <source>Open a r&amp;un…</source>
            <translation>打开运行(&amp;U)…</translation>
        </message>
        <message>
            <source>Take the &amp;weights out of a file…</source>
            <translation>取出文件中的权重(&amp;W)…</translation>
        </message>
        <message>
            <source>&amp;Quit</source>
            <translation>退出(&amp;Q)</translation>
        </message>
        <message>
            <source>&amp;Find</source>
            <translation>查找(&amp;F)</translation>
        </message>
        <message>
            <source>&amp;Preferences…</source>
            <translation>首选项(&amp;P)…</translation>
        </message>
        <message>
            <source>&amp;Panes</source>
            <translation>面板(&amp;P)</translation>
        </message>
        <message>
            <source>&amp;Reset layout</source>
            <translation>重置布局(&amp;R)</translation>
        </message>
        <message>
            <source>&amp;Next pane</source>
            <translation>下一个面板(&amp;N)</translation>
        </message>
        <message>
            <source>Pre&amp;vious pane</source>
            <translation>上一个面板(&amp;V)</translation>
        </message>
        <message>
            <source>&amp;Theme</source>
            <translation>主题(&amp;T)</translation>
        </message>
        <message>
            <source>As the &amp;system</source>
            <translation>跟随系统(&amp;S)</translation>
        </message>
        <message>
            <source>&amp;Light</source>
            <translation>浅色(&amp;L)</translation>
        </message>
        <message>
            <source>&amp;Dark</source>
            <translation>深色(&amp;D)</translation>
        </message>
        <message>
            <source>&amp;Language</source>
            <translation>语言(&amp;L)</translation>
        </message>
        <message>
            <source>As the s&amp;ystem</source>
            <translation>跟随系统(&amp;Y)</translation>
        </message>
        <message>
            <source>&amp;Operations</source>
            <translation>运算量(&amp;O)</translation>
        </message>
        <message>
            <source>&amp;Count again</source>
            <translation>重新统计(&amp;C)</translation>
        </message>
        <message>
            <source>C&amp;opy reference</source>
            <translation>复制引用(&amp;O)</translation>
        </message>
        <message>
            <source>Re&amp;marks…</source>
            <translation>备注(&amp;M)…</translation>
        </message>
        <message>
            <source>Stop o&amp;pening</source>
            <translation>停止打开(&amp;P)</translation>
        </message>
        <message>
            <source>&amp;Which architecture is it?</source>
            <translation>这是哪种架构(&amp;W)？</translation>
        </message>
        <message>
            <source>Choose an &amp;architecture…</source>
            <translation>选择架构(&amp;A)…</translation>
        </message>
        <message>
            <source>Open its own &amp;graph…</source>
            <translation>打开其自身的计算图(&amp;G)…</translation>
        </message>
        <message>
            <source>&amp;Start</source>
            <translation>开始(&amp;S)</translation>
        </message>
        <message>
            <source>Choose &amp;data…</source>
            <translation>选择数据(&amp;D)…</translation>
        </message>
        <message>
            <source>&amp;Pause</source>
            <translation>暂停(&amp;P)</translation>
        </message>
        <message>
            <source>&amp;Resume</source>
            <translation>恢复(&amp;R)</translation>
        </message>
        <message>
            <source>S&amp;top</source>
            <translation>停止(&amp;T)</translation>
        </message>
        <message>
            <source>Open run &amp;folder</source>
            <translation>打开运行文件夹(&amp;F)</translation>
        </message>
        <message>
            <source>&amp;Inspect</source>
            <translation>查看(&amp;I)</translation>
        </message>
        <message>
            <source>&amp;Decide</source>
            <translation>决定(&amp;D)</translation>
        </message>
        <message>
            <source>&amp;Compress</source>
            <translation>压缩(&amp;C)</translation>
        </message>
        <message>
            <source>C&amp;ompare</source>
            <translation>比较(&amp;O)</translation>
        </message>
        <message>
            <source>&amp;Full screen</source>
            <translation>全屏(&amp;F)</translation>
        </message>
        <message>
            <source>&amp;Commands…</source>
            <translation>命令(&amp;C)…</translation>
        </message>
        <message>
            <source>&amp;Keyboard shortcuts…</source>
            <translation>键盘快捷键(&amp;K)…</translation>
        </message>
        <message>
            <source>&amp;About Penjing…</source>
            <translation>关于 Penjing(&amp;A)…</translation>
        </message>
    </context>
    <context>
        <name>NameCompleter</name>
        <message>
            <source>Names of architectures</source>
            <translation>架构名称</translation>
        </message>
    </context>
    <context>
        <name>NeedsTable</name>
        <message>
            <source>Need</source>
            <translation>需求</translation>
        </message>
        <message>
            <source>model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>budget</source>
            <translation>预算</translation>
        </message>
        <message>
            <source>need / budget</source>
            <translation>需求/预算</translation>
        </message>
    </context>
    <context>
        <name>Neighbours</name>
        <message>
            <source>Fed by</source>
            <translation>输入来自</translation>
        </message>
        <message>
            <source>Feeds</source>
            <translation>输出到</translation>
        </message>
        <message>
            <source>Coupled with</source>
            <translation>耦合</translation>
        </message>
    </context>
    <context>
        <name>OpenDialog</name>
        <message>
            <source>Open a model</source>
            <translation>打开模型</translation>
        </message>
        <message>
            <source>Examples</source>
            <translation>示例</translation>
        </message>
        <message>
            <source>Use {example}</source>
            <translation>使用 {example}</translation>
        </message>
        <message>
            <source>Opened lately</source>
            <translation>最近打开</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Names: torchvision: and timm: complete as you type.</source>
            <translation>名称：torchvision: 和 timm: 会在输入时补全。</translation>
        </message>
        <message>
            <source>Folders: hf: and a model that transformers saved, with its config.json.</source>
            <translation>文件夹：hf: 加上 transformers 保存的模型，含 config.json。</translation>
        </message>
        <message>
            <source>Files: .safetensors, .pt, .pth, TorchScript, .pt2, ONNX; what is in them decides.</source>
            <translation>文件：.safetensors、.pt、.pth、TorchScript、.pt2、ONNX；以内容为准。</translation>
        </message>
        <message>
            <source>Your own code: py:FILE.py:FUNCTION, with the input's shape. It asks before it runs.</source>
            <translation>您自己的代码：py:FILE.py:FUNCTION，并给出输入形状。运行前会询问。</translation>
        </message>
    </context>
    <context>
        <name>OpenFields</name>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>A file, a folder, or a name as below</source>
            <translation>文件、文件夹，或如下的名称</translation>
        </message>
        <message>
            <source>Function</source>
            <translation>函数</translation>
        </message>
        <message>
            <source>Functions and classes in the file that can be called without arguments</source>
            <translation>文件中无需参数即可调用的函数和类</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>A file of weights for a named architecture, if wanted</source>
            <translation>如需要，为指名的架构提供权重文件</translation>
        </message>
        <message>
            <source>Input</source>
            <translation>输入</translation>
        </message>
        <message>
            <source>Shape of one sample, as 3,224,224 or 128:int64</source>
            <translation>单个样本的形状，如 3,224,224 或 128:int64</translation>
        </message>
        <message>
            <source>Without the batch axis. Left out, it is taken from the model. Divide several inputs by ;</source>
            <translation>不含批维度。留空时取自模型。多个输入用 ; 分隔</translation>
        </message>
        <message>
            <source>File…</source>
            <translation>文件…</translation>
        </message>
        <message>
            <source>Choose a model file</source>
            <translation>选择模型文件</translation>
        </message>
        <message>
            <source>Folder…</source>
            <translation>文件夹…</translation>
        </message>
        <message>
            <source>Choose a folder of Hugging Face</source>
            <translation>选择 Hugging Face 文件夹</translation>
        </message>
        <message>
            <source>Choose a weights file</source>
            <translation>选择权重文件</translation>
        </message>
        <message>
            <source>Models (*.pt *.pth *.bin *.ckpt *.pt2 *.ts *.safetensors *.onnx *.py);;All files (*)</source>
            <translation>模型 (*.pt *.pth *.bin *.ckpt *.pt2 *.ts *.safetensors *.onnx *.py);;所有文件 (*)</translation>
        </message>
        <message>
            <source>Weights (*.safetensors *.pt *.pth *.bin *.ckpt *.pt2 *.ts);;All files (*)</source>
            <translation>权重 (*.safetensors *.pt *.pth *.bin *.ckpt *.pt2 *.ts);;所有文件 (*)</translation>
        </message>
    </context>
    <context>
        <name>OtherDialog</name>
        <message>
            <source>Compare with another model</source>
            <translation>与另一个模型比较</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>比较</translation>
        </message>
        <message>
            <source>Finished runs</source>
            <translation>已完成的运行</translation>
        </message>
        <message>
            <source>pruned</source>
            <translation>剪枝</translation>
        </message>
        <message>
            <source>distilled</source>
            <translation>蒸馏</translation>
        </message>
        <message>
            <source>trained</source>
            <translation>训练</translation>
        </message>
    </context>
    <context>
        <name>Outcome</name>
        <message>
            <source>Outcome</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>predicted</source>
            <translation>预测</translation>
        </message>
        <message>
            <source>Params</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Start</source>
            <translation>开始</translation>
        </message>
        <message>
            <source>Start the run</source>
            <translation>开始运行</translation>
        </message>
        <message>
            <source>Makes a run folder and starts it. It goes on if this window closes.</source>
            <translation>建立运行文件夹并开始运行。关闭窗口后继续运行。</translation>
        </message>
        <message>
            <source>Not predicted for this student.</source>
            <translation>无法预测这个学生。</translation>
        </message>
        <message>
            <source>Training leaves params and costs as they are.</source>
            <translation>训练不改变参数量和开销。</translation>
        </message>
        <message>
            <source>Predicted as soon as the coupled groups are known.</source>
            <translation>得知耦合组后即可预测。</translation>
        </message>
        <message>
            <source>An estimate: the student is built when the run starts.</source>
            <translation>估计值：学生在运行开始时建立。</translation>
        </message>
    </context>
    <context>
        <name>OverlayDialog</name>
        <message>
            <source>Lay runs over this one</source>
            <translation>叠加其他运行</translation>
        </message>
        <message>
            <source>done</source>
            <translation>已完成</translation>
        </message>
        <message>
            <source>stopped</source>
            <translation>已停止</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>running</source>
            <translation>运行中</translation>
        </message>
        <message>
            <source>ended</source>
            <translation>已结束</translation>
        </message>
        <message>
            <source>pruning</source>
            <translation>剪枝</translation>
        </message>
        <message>
            <source>distillation</source>
            <translation>蒸馏</translation>
        </message>
        <message>
            <source>training</source>
            <translation>训练</translation>
        </message>
        <message>
            <source>Runs</source>
            <translation>运行</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>运行</translation>
        </message>
        <message>
            <source>Technique</source>
            <translation>方法</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Steps</source>
            <translation>步数</translation>
        </message>
        <message>
            <source>Started</source>
            <translation>开始时间</translation>
        </message>
        <message>
            <source>Reading the runs…</source>
            <translation>正在读取运行…</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>显示</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Other folder…</source>
            <translation>其他文件夹…</translation>
        </message>
        <message>
            <source>There is no other run with curves yet.</source>
            <translation>还没有其他带有曲线的运行。</translation>
        </message>
        <message>
            <source>At most four runs are laid over at once. Untick one to take another.</source>
            <translation>最多同时叠加四个运行。取消勾选一个后可选另一个。</translation>
        </message>
        <message>
            <source>Tick the runs whose curves are to be drawn beside those of this one.</source>
            <translation>勾选要在此运行旁边绘制曲线的运行。</translation>
        </message>
        <message>
            <source>Choose a run's folder</source>
            <translation>选择运行的文件夹</translation>
        </message>
    </context>
    <context>
        <name>Page</name>
        <message>
            <source>Panes</source>
            <translation>面板</translation>
        </message>
    </context>
    <context>
        <name>PairHead</name>
        <message>
            <source>{change} params</source>
            <translation>参数 {change}</translation>
        </message>
        <message>
            <source>{change} weights</source>
            <translation>权重 {change}</translation>
        </message>
        <message>
            <source>{factor} as fast, 95 % {interval}</source>
            <translation>速度为 {factor}，95 % 区间 {interval}</translation>
        </message>
        <message>
            <source>as fast within noise, 95 % {interval}</source>
            <translation>速度差异在噪声之内，95 % 区间 {interval}</translation>
        </message>
        <message>
            <source>B against A: {changes}</source>
            <translation>B 相对 A：{changes}</translation>
        </message>
        <message>
            <source>at least {figure}</source>
            <translation>至少 {figure}</translation>
        </message>
        <message>
            <source>{figure} params</source>
            <translation>{figure} 参数</translation>
        </message>
        <message>
            <source>{size} weights</source>
            <translation>{size} 权重</translation>
        </message>
        <message>
            <source>{time}, 95 % {interval}</source>
            <translation>{time}，95 % 区间 {interval}</translation>
        </message>
        <message>
            <source>input {shape}</source>
            <translation>输入 {shape}</translation>
        </message>
    </context>
    <context>
        <name>PairMeasure</name>
        <message>
            <source>Measure both</source>
            <translation>测量两者</translation>
        </message>
        <message>
            <source>Measuring both models</source>
            <translation>正在测量两个模型</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Cancel measuring</source>
            <translation>取消测量</translation>
        </message>
        <message>
            <source>A run measures for itself, when it is done.</source>
            <translation>运行在完成时会自行测量。</translation>
        </message>
        <message>
            <source>Another model has been opened since.</source>
            <translation>此后已打开了另一个模型。</translation>
        </message>
        <message>
            <source>One of the two has costs, but no network that could run here.</source>
            <translation>其中一个只有成本，没有可在此执行的网络。</translation>
        </message>
        <message>
            <source>Both run code of their own, each in a process of its own: they cannot be timed in turns.</source>
            <translation>两者都要执行自己的代码，且各在自己的进程中：无法交替计时。</translation>
        </message>
        <message>
            <source>Runs both models in turns for about 6 s: batch of 1, 1 thread, medians with 95 % intervals.</source>
            <translation>交替执行两个模型约 6 秒：批大小 1，1 个线程，取中位数及 95 % 区间。</translation>
        </message>
        <message>
            <source>Measure both models' latency</source>
            <translation>测量两个模型的延迟</translation>
        </message>
    </context>
    <context>
        <name>PairModel</name>
        <message>
            <source>All layers</source>
            <translation>所有层</translation>
        </message>
        <message>
            <source>Layer</source>
            <translation>层</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>类型</translation>
        </message>
        <message>
            <source>Params</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>Activ.</source>
            <translation>激活</translation>
        </message>
        <message>
            <source>Activations</source>
            <translation>激活</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Latency</source>
            <translation>延迟</translation>
        </message>
        <message>
            <source>Change</source>
            <translation>变化</translation>
        </message>
        <message>
            <source>Change of {cost}</source>
            <translation>{cost}的变化</translation>
        </message>
        <message>
            <source>new</source>
            <translation>新增</translation>
        </message>
        <message>
            <source>in both models</source>
            <translation>两个模型都有</translation>
        </message>
        <message>
            <source>other names, same place and kind</source>
            <translation>名称不同，位置与类型相同</translation>
        </message>
        <message>
            <source>only in A</source>
            <translation>仅 A 有</translation>
        </message>
        <message>
            <source>only in B</source>
            <translation>仅 B 有</translation>
        </message>
        <message>
            <source>not counted</source>
            <translation>未计入</translation>
        </message>
        <message>
            <source>not measured</source>
            <translation>未测量</translation>
        </message>
    </context>
    <context>
        <name>PairTools</name>
        <message>
            <source>Name or kind</source>
            <translation>名称或类型</translation>
        </message>
        <message>
            <source>Search layers by name or kind</source>
            <translation>按名称或类型查找层</translation>
        </message>
        <message>
            <source>Which layers</source>
            <translation>显示哪些层</translation>
        </message>
        <message>
            <source>All layers</source>
            <translation>所有层</translation>
        </message>
        <message>
            <source>Different ones</source>
            <translation>有差异的层</translation>
        </message>
        <message>
            <source>Only in A</source>
            <translation>仅 A 有</translation>
        </message>
        <message>
            <source>Only in B</source>
            <translation>仅 B 有</translation>
        </message>
        <message>
            <source>Figures</source>
            <translation>数值</translation>
        </message>
        <message>
            <source>Percent</source>
            <translation>百分比</translation>
        </message>
        <message>
            <source>How changes are written</source>
            <translation>变化的写法</translation>
        </message>
        <message>
            <source>Copy as CSV</source>
            <translation>复制为 CSV</translation>
        </message>
        <message>
            <source>Save as CSV…</source>
            <translation>另存为 CSV…</translation>
        </message>
        <message>
            <source>change, %</source>
            <translation>变化（%）</translation>
        </message>
        <message>
            <source>largest</source>
            <translation>最大</translation>
        </message>
        <message>
            <source>change of a layer</source>
            <translation>每层变化</translation>
        </message>
    </context>
    <context>
        <name>PairView</name>
        <message>
            <source>Layers of both models</source>
            <translation>两个模型的层</translation>
        </message>
    </context>
    <context>
        <name>Pane</name>
        <message>
            <source>Dock</source>
            <translation>停靠</translation>
        </message>
        <message>
            <source>Float</source>
            <translation>浮动</translation>
        </message>
    </context>
    <context>
        <name>PaneTitle</name>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Float</source>
            <translation>浮动</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
    </context>
    <context>
        <name>ParetoPane</name>
        <message>
            <source>Legend</source>
            <translation>图例</translation>
        </message>
        <message>
            <source>Horizontal axis</source>
            <translation>横轴</translation>
        </message>
        <message>
            <source>Horizontal</source>
            <translation>横轴</translation>
        </message>
        <message>
            <source>Latency, measured</source>
            <translation>实测延迟</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Accuracy against latency</source>
            <translation>准确率与延迟</translation>
        </message>
        <message>
            <source>Accuracy against {unit}</source>
            <translation>准确率与 {unit}</translation>
        </message>
        <message>
            <source>Accuracy against parameters</source>
            <translation>准确率与参数</translation>
        </message>
        <message>
            <source>Accuracy against weights</source>
            <translation>准确率与权重</translation>
        </message>
        <message>
            <source>Error against latency</source>
            <translation>误差与延迟</translation>
        </message>
        <message>
            <source>Error against {unit}</source>
            <translation>误差与 {unit}</translation>
        </message>
        <message>
            <source>Error against parameters</source>
            <translation>误差与参数量</translation>
        </message>
        <message>
            <source>Error against weights</source>
            <translation>误差与权重</translation>
        </message>
        <message>
            <source>test accuracy, %</source>
            <translation>测试准确率（%）</translation>
        </message>
        <message>
            <source>test error, MSE</source>
            <translation>测试误差（MSE）</translation>
        </message>
        <message>
            <source>before</source>
            <translation>之前</translation>
        </message>
        <message numerus="yes">
            <source>%n run(s), test split opened once for each, at its end</source>
            <translation>
                <numerusform>%n 次运行，每次只在结束时打开一次测试集</numerusform>
            </translation>
        </message>
        <message>
            <source>{count} runs; none beats: {names}.</source>
            <translation>{count} 次运行；未被超越：{names}。</translation>
        </message>
        <message>
            <source>measured latency, ms, batch 1</source>
            <translation>实测延迟（毫秒，批大小 1）</translation>
        </message>
        <message>
            <source>parameters</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>{cost}, {unit}</source>
            <translation>{cost}（{unit}）</translation>
        </message>
        <message>
            <source>this run</source>
            <translation>这次运行</translation>
        </message>
        <message>
            <source>pruned</source>
            <translation>剪枝</translation>
        </message>
        <message>
            <source>distilled</source>
            <translation>蒸馏</translation>
        </message>
        <message>
            <source>trained</source>
            <translation>训练所得</translation>
        </message>
        <message>
            <source>best so far</source>
            <translation>目前最佳</translation>
        </message>
        <message>
            <source>95 % intervals</source>
            <translation>95 % 区间</translation>
        </message>
    </context>
    <context>
        <name>ParetoPlot</name>
        <message>
            <source>Accuracy against a cost</source>
            <translation>准确率与开销</translation>
        </message>
        <message>
            <source>{figure}, low end</source>
            <translation>{figure}，下限</translation>
        </message>
        <message>
            <source>{figure}, high end</source>
            <translation>{figure}，上限</translation>
        </message>
        <message>
            <source>run</source>
            <translation>运行</translation>
        </message>
    </context>
    <context>
        <name>PictureMenu</name>
        <message>
            <source>Save</source>
            <translation>保存</translation>
        </message>
        <message>
            <source>Save picture…</source>
            <translation>保存图片…</translation>
        </message>
        <message>
            <source>Copy picture</source>
            <translation>复制图片</translation>
        </message>
        <message>
            <source>PNG pictures (*.png)</source>
            <translation>PNG 图片 (*.png)</translation>
        </message>
        <message>
            <source>SVG drawings (*.svg)</source>
            <translation>SVG 图形 (*.svg)</translation>
        </message>
        <message>
            <source>Save picture</source>
            <translation>保存图片</translation>
        </message>
    </context>
    <context>
        <name>PictureModel</name>
        <message>
            <source>{label}, training sample {number}</source>
            <translation>{label}，训练样本 {number}</translation>
        </message>
        <message>
            <source>sample {number}</source>
            <translation>样本 {number}</translation>
        </message>
    </context>
    <context>
        <name>PlanCard</name>
        <message>
            <source>Plan</source>
            <translation>方案</translation>
        </message>
        <message>
            <source>Use this plan</source>
            <translation>采用此方案</translation>
        </message>
        <message>
            <source>Opens step 3 with these settings.</source>
            <translation>以这些设置打开第 3 步。</translation>
        </message>
        <message>
            <source>Copy as command</source>
            <translation>复制为命令</translation>
        </message>
        <message>
            <source>out of reach</source>
            <translation>无法达到</translation>
        </message>
        <message>
            <source>Raise a budget, or choose another device.</source>
            <translation>请提高预算，或选择其他设备。</translation>
        </message>
        <message>
            <source>Opens step 3 with these settings. Nothing runs until you start it.</source>
            <translation>以这些设置打开第 3 步。开始之前不会运行任何任务。</translation>
        </message>
        <message>
            <source>every budget is met, as predicted</source>
            <translation>预测各项预算均满足</translation>
        </message>
        <message>
            <source>approximate until the coupled groups are known</source>
            <translation>耦合组未知之前为近似值</translation>
        </message>
        <message>
            <source>every budget is met, estimated</source>
            <translation>估计各项预算均满足</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>移除</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>保留</translation>
        </message>
        <message>
            <source>Student</source>
            <translation>学生</translation>
        </message>
        <message>
            <source>Learns</source>
            <translation>学习</translation>
        </message>
        <message>
            <source>Train</source>
            <translation>训练</translation>
        </message>
        <message numerus="yes">
            <source>%n epoch(s)</source>
            <translation>
                <numerusform>%n 轮</numerusform>
            </translation>
        </message>
        <message>
            <source>not at all</source>
            <translation>不训练</translation>
        </message>
        <message>
            <source>{epochs} after pruning, the model as its own teacher</source>
            <translation>剪枝后 {epochs}，以模型自身为教师</translation>
        </message>
        <message>
            <source>Takes</source>
            <translation>耗时</translation>
        </message>
        <message>
            <source>Gives</source>
            <translation>得到</translation>
        </message>
        <message>
            <source>Needs</source>
            <translation>需要</translation>
        </message>
        <message>
            <source>channels, L2 norm</source>
            <translation>通道，L2 范数</translation>
        </message>
        <message>
            <source>channels, L2 norm, rounded to {multiple}</source>
            <translation>通道，L2 范数，取整到 {multiple}</translation>
        </message>
        <message>
            <source>{macs} of {unit}, {params} of parameters</source>
            <translation>{macs} 的 {unit}，{params} 的参数</translation>
        </message>
        <message>
            <source>the same net, narrower: {share} of {unit}</source>
            <translation>同一网络，更窄：{share} 的 {unit}</translation>
        </message>
        <message>
            <source>the same net, narrower: {share} of parameters</source>
            <translation>同一网络，更窄：{share} 的参数</translation>
        </message>
        <message>
            <source>from the model's outputs, T {temperature}, α {alpha}</source>
            <translation>从模型的输出学习，T {temperature}，α {alpha}</translation>
        </message>
        <message>
            <source>not estimated yet</source>
            <translation>尚未估计</translation>
        </message>
        <message>
            <source>{time} on this machine, {low} to {high}</source>
            <translation>本机 {time}，{low}至{high}</translation>
        </message>
        <message>
            <source>{macs} {unit}, {params} params</source>
            <translation>{macs} {unit}，{params} 参数</translation>
        </message>
        <message>
            <source>Copied: {command}</source>
            <translation>已复制：{command}</translation>
        </message>
    </context>
    <context>
        <name>PreferencesDialog</name>
        <message>
            <source>Preferences</source>
            <translation>首选项</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>跟随系统</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>语言</translation>
        </message>
        <message>
            <source>Another language shows when Penjing is started again.</source>
            <translation>语言将在重新启动 Penjing 后生效。</translation>
        </message>
        <message>
            <source>Theme</source>
            <translation>主题</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>浅色</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>深色</translation>
        </message>
        <message>
            <source>Operations</source>
            <translation>运算量</translation>
        </message>
        <message>
            <source>Data folder</source>
            <translation>数据文件夹</translation>
        </message>
        <message>
            <source>Set PENJING_HOME to keep runs and settings elsewhere.</source>
            <translation>设置 PENJING_HOME 可将运行和设置保存在别处。</translation>
        </message>
        <message>
            <source>Files that may run</source>
            <translation>可以运行的文件</translation>
        </message>
    </context>
    <context>
        <name>ProgressPane</name>
        <message>
            <source>Progress</source>
            <translation>进度</translation>
        </message>
        <message>
            <source>Progress of the run</source>
            <translation>运行进度</translation>
        </message>
        <message>
            <source>Time left</source>
            <translation>剩余时间</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>暂停</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>停止</translation>
        </message>
        <message>
            <source>Learning rate</source>
            <translation>学习率</translation>
        </message>
        <message>
            <source>Change…</source>
            <translation>更改…</translation>
        </message>
        <message>
            <source>Change the learning rate…</source>
            <translation>更改学习率…</translation>
        </message>
        <message>
            <source>Train with another learning rate from the next step on</source>
            <translation>从下一步起用另一学习率训练</translation>
        </message>
        <message>
            <source>Speed, steps/s</source>
            <translation>速度（步/秒）</translation>
        </message>
        <message>
            <source>Memory, GB</source>
            <translation>内存（GB）</translation>
        </message>
        <message>
            <source>Checkpoint</source>
            <translation>检查点</translation>
        </message>
        <message>
            <source>Test split</source>
            <translation>测试集</translation>
        </message>
        <message>
            <source>Nothing runs yet.</source>
            <translation>还没有运行。</translation>
        </message>
        <message>
            <source>took {time}</source>
            <translation>用时 {time}</translation>
        </message>
        <message>
            <source>step {step} / {steps} · epoch {epoch} / {epochs}</source>
            <translation>第 {step} / {steps} 步，第 {epoch} / {epochs} 轮</translation>
        </message>
        <message>
            <source>starting</source>
            <translation>正在启动</translation>
        </message>
        <message>
            <source>paused</source>
            <translation>已暂停</translation>
        </message>
        <message>
            <source>measuring</source>
            <translation>测量中</translation>
        </message>
        <message>
            <source>about {time}</source>
            <translation>约 {time}</translation>
        </message>
        <message>
            <source>({spread})</source>
            <translation>（{spread}）</translation>
        </message>
        <message>
            <source>{used} of {total}</source>
            <translation>{used} / {total}</translation>
        </message>
        <message>
            <source>{age} ago</source>
            <translation>{age}前</translation>
        </message>
        <message>
            <source>step {step}</source>
            <translation>第 {step} 步</translation>
        </message>
        <message>
            <source>opened</source>
            <translation>已打开</translation>
        </message>
        <message>
            <source>closed</source>
            <translation>未打开</translation>
        </message>
        <message>
            <source>running</source>
            <translation>运行中</translation>
        </message>
        <message>
            <source>stopped</source>
            <translation>已停止</translation>
        </message>
        <message>
            <source>done</source>
            <translation>完成</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>ended</source>
            <translation>已中断</translation>
        </message>
        <message>
            <source>Stop keeps the best checkpoint. The run can be resumed.</source>
            <translation>停止会保留最佳检查点，之后可以恢复。</translation>
        </message>
        <message>
            <source>It waits at this step and keeps its memory.</source>
            <translation>停在这一步等待，内存保持占用。</translation>
        </message>
        <message>
            <source>Its checkpoints are kept. Resume goes on from the last one.</source>
            <translation>检查点已保留，恢复会从最后一个继续。</translation>
        </message>
        <message>
            <source>The result is in the run folder.</source>
            <translation>结果在运行文件夹中。</translation>
        </message>
        <message>
            <source>See the result</source>
            <translation>查看结果</translation>
        </message>
        <message>
            <source>Resume</source>
            <translation>恢复</translation>
        </message>
    </context>
    <context>
        <name>ProofPane</name>
        <message>
            <source>Export and proof</source>
            <translation>导出与验证</translation>
        </message>
        <message>
            <source>Exported files</source>
            <translation>导出的文件</translation>
        </message>
        <message>
            <source>Weights SHA-256</source>
            <translation>权重 SHA-256</translation>
        </message>
        <message>
            <source>Counted on</source>
            <translation>统计对象</translation>
        </message>
        <message>
            <source>Requested, got</source>
            <translation>要求与实际</translation>
        </message>
        <message>
            <source>Runs from</source>
            <translation>运行方式</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>导出…</translation>
        </message>
        <message>
            <source>Verify again</source>
            <translation>再次验证</translation>
        </message>
        <message>
            <source>Write report</source>
            <translation>写报告</translation>
        </message>
        <message>
            <source>Open run folder</source>
            <translation>打开运行文件夹</translation>
        </message>
        <message>
            <source>the artefact loaded again, not on the plan</source>
            <translation>重新载入的产物，而非方案</translation>
        </message>
        <message>
            <source>result/load_model.py, needs torch only</source>
            <translation>result/load_model.py，只需要 torch</translation>
        </message>
        <message>
            <source>not verified yet</source>
            <translation>尚未验证</translation>
        </message>
        <message>
            <source>Verify opens each file in a fresh process without Penjing or the pruning library and compares its outputs with the trained model's.</source>
            <translation>验证会在没有 Penjing 和剪枝库的全新进程中打开每个文件，并与训练后模型的输出比较。</translation>
        </message>
        <message>
            <source>{good} of {all} verified</source>
            <translation>{all} 个中 {good} 个已验证</translation>
        </message>
        <message>
            <source>Each file was opened in a fresh process without Penjing or the pruning library and gave the same outputs as the trained model at batch sizes 1 and 8. Allowed: 1e-4 relative and absolute.</source>
            <translation>每个文件都在没有 Penjing 和剪枝库的全新进程中打开，批大小为 1 和 8 时的输出与训练后的模型相同。允许误差：相对与绝对 1e-4。</translation>
        </message>
        <message>
            <source>A file does not give what the trained model gave. Export it again.</source>
            <translation>有文件的输出与训练后的模型不同。请重新导出。</translation>
        </message>
        <message>
            <source>Verify</source>
            <translation>验证</translation>
        </message>
        <message>
            <source>params</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>{asked} of {unit} kept, {got}</source>
            <translation>保留 {asked} 的 {unit}，实际 {got}</translation>
        </message>
        <message>
            <source>{asked} of channels removed, {got} of params kept</source>
            <translation>移除 {asked} 的通道，保留 {got} 的参数</translation>
        </message>
        <message numerus="yes">
            <source>%n epoch(s), nothing removed</source>
            <translation>
                <numerusform>%n 轮，未移除任何内容</numerusform>
            </translation>
        </message>
        <message>
            <source>{asked}, {got} of params</source>
            <translation>{asked}，参数 {got}</translation>
        </message>
        <message>
            <source>Waits for what is under way.</source>
            <translation>等待正在进行的操作。</translation>
        </message>
        <message>
            <source>Verifying</source>
            <translation>正在验证</translation>
        </message>
        <message>
            <source>Export into a folder</source>
            <translation>导出到文件夹</translation>
        </message>
        <message>
            <source>Exporting</source>
            <translation>正在导出</translation>
        </message>
        <message>
            <source>Exported to {folder}</source>
            <translation>已导出到 {folder}</translation>
        </message>
        <message>
            <source>Writing the report</source>
            <translation>正在写报告</translation>
        </message>
        <message>
            <source>Report: {path}</source>
            <translation>报告：{path}</translation>
        </message>
    </context>
    <context>
        <name>Quantities</name>
        <message>
            <source>Accuracy, %</source>
            <translation>准确率（%）</translation>
        </message>
        <message>
            <source>Top-5 accuracy, %</source>
            <translation>前五准确率（%）</translation>
        </message>
        <message>
            <source>Balanced accuracy, %</source>
            <translation>均衡准确率（%）</translation>
        </message>
        <message>
            <source>Agreement with teacher, %</source>
            <translation>与教师的一致率（%）</translation>
        </message>
        <message>
            <source>Learning rate</source>
            <translation>学习率</translation>
        </message>
        <message>
            <source>Throughput, samples/s</source>
            <translation>吞吐量（样本/秒）</translation>
        </message>
        <message>
            <source>Memory, MB</source>
            <translation>内存（MB）</translation>
        </message>
    </context>
    <context>
        <name>QuantityCurves</name>
        <message>
            <source>at the cursor</source>
            <translation>光标处</translation>
        </message>
        <message>
            <source>now</source>
            <translation>现在</translation>
        </message>
        <message>
            <source>dense</source>
            <translation>稠密</translation>
        </message>
        <message>
            <source>best, epoch {epoch}</source>
            <translation>最好，第 {epoch} 轮</translation>
        </message>
        <message>
            <source>best</source>
            <translation>最好</translation>
        </message>
        <message>
            <source>{points} points</source>
            <translation>{points} 点</translation>
        </message>
        <message>
            <source>to dense</source>
            <translation>与稠密相比</translation>
        </message>
        <message>
            <source>median</source>
            <translation>中位数</translation>
        </message>
    </context>
    <context>
        <name>RangeRow</name>
        <message>
            <source>Column of the range</source>
            <translation>范围所用的列</translation>
        </message>
        <message>
            <source>From</source>
            <translation>下限</translation>
        </message>
        <message>
            <source>To</source>
            <translation>上限</translation>
        </message>
        <message>
            <source>from</source>
            <translation>从</translation>
        </message>
        <message>
            <source>to</source>
            <translation>到</translation>
        </message>
        <message>
            <source>Clear</source>
            <translation>清除</translation>
        </message>
        <message>
            <source>This is not a number. Write 2000, 1.5 M or 40 %.</source>
            <translation>这不是数字。请写作 2000、1.5 M 或 40 %。</translation>
        </message>
        <message>
            <source>A number in the unit at the right, or with its own: 1.5 M, 40 kB, 3 %</source>
            <translation>以右侧单位表示的数字，或自带单位：1.5 M、40 kB、3 %</translation>
        </message>
    </context>
    <context>
        <name>RateDialog</name>
        <message>
            <source>Change the learning rate</source>
            <translation>更改学习率</translation>
        </message>
        <message>
            <source>Present learning rate: {rate}</source>
            <translation>当前学习率：{rate}</translation>
        </message>
        <message>
            <source>New learning rate</source>
            <translation>新学习率</translation>
        </message>
        <message>
            <source>It holds from the next step on. The journal keeps it, and a resumed run repeats it.</source>
            <translation>从下一步起生效。日志会记录它，恢复的运行会重复它。</translation>
        </message>
        <message>
            <source>Present</source>
            <translation>当前</translation>
        </message>
        <message>
            <source>New</source>
            <translation>新值</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Apply</source>
            <translation>应用</translation>
        </message>
        <message>
            <source>Give a number above zero, as 0.001 or 1e-3.</source>
            <translation>请输入大于零的数，如 0.001 或 1e-3。</translation>
        </message>
    </context>
    <context>
        <name>ReadOut</name>
        <message>
            <source>(hidden)</source>
            <translation>（已隐藏）</translation>
        </message>
        <message>
            <source>Click to hide it</source>
            <translation>点击隐藏</translation>
        </message>
        <message>
            <source>Click to show it</source>
            <translation>点击显示</translation>
        </message>
    </context>
    <context>
        <name>Recipe</name>
        <message>
            <source>Remove channels</source>
            <translation>移除通道</translation>
        </message>
        <message>
            <source>Keep {unit}</source>
            <translation>保留 {unit}</translation>
        </message>
        <message>
            <source>Keep params</source>
            <translation>保留参数</translation>
        </message>
        <message>
            <source>Weights at most</source>
            <translation>权重不超过</translation>
        </message>
        <message>
            <source>Reference</source>
            <translation>引用</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Input</source>
            <translation>输入</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Classes</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Task</source>
            <translation>任务</translation>
        </message>
        <message>
            <source>regression</source>
            <translation>回归</translation>
        </message>
        <message>
            <source>Split</source>
            <translation>划分</translation>
        </message>
        <message>
            <source>train / val / test</source>
            <translation>训练 / 验证 / 测试</translation>
        </message>
        <message>
            <source>Data</source>
            <translation>数据</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>尺寸</translation>
        </message>
        <message>
            <source>Augmentation</source>
            <translation>增强</translation>
        </message>
        <message>
            <source>Target</source>
            <translation>目标</translation>
        </message>
        <message>
            <source>Target scale</source>
            <translation>目标尺度</translation>
        </message>
        <message>
            <source>Tokenizer</source>
            <translation>分词器</translation>
        </message>
        <message>
            <source>Tokens</source>
            <translation>词元数</translation>
        </message>
        <message>
            <source>Labels</source>
            <translation>标签</translation>
        </message>
        <message>
            <source>not used</source>
            <translation>不使用</translation>
        </message>
        <message>
            <source>light</source>
            <translation>轻</translation>
        </message>
        <message>
            <source>strong</source>
            <translation>强</translation>
        </message>
        <message>
            <source>as it is</source>
            <translation>原样</translation>
        </message>
        <message>
            <source>standardised</source>
            <translation>标准化</translation>
        </message>
        <message>
            <source>{asked}, got {got}</source>
            <translation>{asked}，实际 {got}</translation>
        </message>
        <message>
            <source>When</source>
            <translation>时机</translation>
        </message>
        <message>
            <source>after training</source>
            <translation>训练后</translation>
        </message>
        <message>
            <source>Granularity</source>
            <translation>粒度</translation>
        </message>
        <message>
            <source>channels</source>
            <translation>通道</translation>
        </message>
        <message>
            <source>Criterion</source>
            <translation>准则</translation>
        </message>
        <message>
            <source>Round to</source>
            <translation>取整到</translation>
        </message>
        <message>
            <source>Locked</source>
            <translation>锁定</translation>
        </message>
        <message>
            <source>Pruning</source>
            <translation>剪枝</translation>
        </message>
        <message>
            <source>L2 norm</source>
            <translation>L2 范数</translation>
        </message>
        <message>
            <source>L1 norm</source>
            <translation>L1 范数</translation>
        </message>
        <message>
            <source>random</source>
            <translation>随机</translation>
        </message>
        <message>
            <source>FPGM, geometric median</source>
            <translation>FPGM，几何中位数</translation>
        </message>
        <message>
            <source>batch norm scale</source>
            <translation>批归一化缩放</translation>
        </message>
        <message>
            <source>Student</source>
            <translation>学生</translation>
        </message>
        <message>
            <source>Params kept</source>
            <translation>保留参数</translation>
        </message>
        <message>
            <source>Loss</source>
            <translation>损失</translation>
        </message>
        <message>
            <source>Distillation</source>
            <translation>蒸馏</translation>
        </message>
        <message>
            <source>width {share}</source>
            <translation>宽度 {share}</translation>
        </message>
        <message>
            <source>{share} of params</source>
            <translation>参数的 {share}</translation>
        </message>
        <message>
            <source>{share} of MACs</source>
            <translation>MACs 的 {share}</translation>
        </message>
        <message>
            <source>KD, soft labels</source>
            <translation>KD，软标签</translation>
        </message>
        <message>
            <source>hard labels alone</source>
            <translation>仅硬标签</translation>
        </message>
        <message>
            <source>one cycle</source>
            <translation>单周期</translation>
        </message>
        <message>
            <source>steps</source>
            <translation>阶梯</translation>
        </message>
        <message>
            <source>on a plateau</source>
            <translation>停滞时下降</translation>
        </message>
        <message>
            <source>cross-entropy</source>
            <translation>交叉熵</translation>
        </message>
        <message>
            <source>squared error</source>
            <translation>平方误差</translation>
        </message>
        <message>
            <source>absolute error</source>
            <translation>绝对误差</translation>
        </message>
        <message>
            <source>Clip norm</source>
            <translation>梯度裁剪</translation>
        </message>
        <message>
            <source>Accumulate</source>
            <translation>累积</translation>
        </message>
        <message>
            <source>Smoothing</source>
            <translation>标签平滑</translation>
        </message>
        <message>
            <source>Norm momentum</source>
            <translation>归一化动量</translation>
        </message>
        <message>
            <source>Early stop</source>
            <translation>提前停止</translation>
        </message>
        <message>
            <source>Workers</source>
            <translation>读取进程</translation>
        </message>
        <message>
            <source>Epochs</source>
            <translation>轮数</translation>
        </message>
        <message>
            <source>Batch size</source>
            <translation>批大小</translation>
        </message>
        <message>
            <source>Learning rate</source>
            <translation>学习率</translation>
        </message>
        <message>
            <source>Optimiser</source>
            <translation>优化器</translation>
        </message>
        <message>
            <source>cosine</source>
            <translation>余弦</translation>
        </message>
        <message>
            <source>constant</source>
            <translation>恒定</translation>
        </message>
        <message>
            <source>{schedule}, warm-up {epochs}</source>
            <translation>{schedule}，预热 {epochs}</translation>
        </message>
        <message>
            <source>Schedule</source>
            <translation>调度</translation>
        </message>
        <message>
            <source>itself, dense</source>
            <translation>剪枝前的自身</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>Teacher</source>
            <translation>教师</translation>
        </message>
        <message>
            <source>Seed</source>
            <translation>种子</translation>
        </message>
        <message>
            <source>automatic</source>
            <translation>自动</translation>
        </message>
        <message>
            <source>Threads</source>
            <translation>线程</translation>
        </message>
        <message>
            <source>Fine-tuning</source>
            <translation>微调</translation>
        </message>
        <message>
            <source>Training</source>
            <translation>训练</translation>
        </message>
        <message>
            <source>It has to be at least {limit}.</source>
            <translation>不得小于 {limit}。</translation>
        </message>
        <message>
            <source>It has to be more than {limit}.</source>
            <translation>必须大于 {limit}。</translation>
        </message>
        <message>
            <source>It has to be at most {limit}.</source>
            <translation>不得大于 {limit}。</translation>
        </message>
        <message>
            <source>It has to be less than {limit}.</source>
            <translation>必须小于 {limit}。</translation>
        </message>
        <message>
            <source>It has to be a number.</source>
            <translation>必须是数字。</translation>
        </message>
        <message>
            <source>It has to be a whole number, or several.</source>
            <translation>必须是一个或几个整数。</translation>
        </message>
    </context>
    <context>
        <name>RecipeForm</name>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Reference</source>
            <translation>引用</translation>
        </message>
        <message>
            <source>Input</source>
            <translation>输入</translation>
        </message>
        <message>
            <source>Data</source>
            <translation>数据</translation>
        </message>
        <message>
            <source>Choose data…</source>
            <translation>选择数据…</translation>
        </message>
        <message>
            <source>Split</source>
            <translation>划分</translation>
        </message>
        <message>
            <source>Technique</source>
            <translation>技术</translation>
        </message>
        <message>
            <source>pruning</source>
            <translation>剪枝</translation>
        </message>
        <message>
            <source>distillation</source>
            <translation>蒸馏</translation>
        </message>
        <message>
            <source>training alone</source>
            <translation>仅训练</translation>
        </message>
        <message>
            <source>Make the model smaller by pruning or distillation, or train it as it is.</source>
            <translation>用剪枝或蒸馏使模型变小，或按原样训练。</translation>
        </message>
        <message>
            <source>The model before pruning can teach it afterwards; for classes only.</source>
            <translation>剪枝前的模型可以作为之后的教师；仅用于分类。</translation>
        </message>
        <message>
            <source>Criterion</source>
            <translation>准则</translation>
        </message>
        <message>
            <source>Target</source>
            <translation>目标</translation>
        </message>
        <message>
            <source>Loss</source>
            <translation>损失</translation>
        </message>
        <message>
            <source>remove channels</source>
            <translation>移除通道</translation>
        </message>
        <message>
            <source>keep params</source>
            <translation>保留参数</translation>
        </message>
        <message>
            <source>Share</source>
            <translation>比例</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>大小</translation>
        </message>
        <message>
            <source>Round to</source>
            <translation>取整到</translation>
        </message>
        <message>
            <source>Locked</source>
            <translation>锁定</translation>
        </message>
        <message>
            <source>Student</source>
            <translation>学生</translation>
        </message>
        <message>
            <source>by width</source>
            <translation>按宽度</translation>
        </message>
        <message>
            <source>by params</source>
            <translation>按参数</translation>
        </message>
        <message>
            <source>by MACs</source>
            <translation>按 MACs</translation>
        </message>
        <message>
            <source>a model</source>
            <translation>指定模型</translation>
        </message>
        <message>
            <source>Fine-tuning</source>
            <translation>微调</translation>
        </message>
        <message>
            <source>Training</source>
            <translation>训练</translation>
        </message>
        <message>
            <source>Teacher</source>
            <translation>教师</translation>
        </message>
        <message>
            <source>itself, dense</source>
            <translation>剪枝前的自身</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>Temperature</source>
            <translation>温度</translation>
        </message>
        <message>
            <source>Weight of KD</source>
            <translation>KD 权重</translation>
        </message>
        <message>
            <source>keep {unit}</source>
            <translation>保留 {unit}</translation>
        </message>
        <message>
            <source>weights at most</source>
            <translation>权重不超过</translation>
        </message>
        <message>
            <source>by {unit}</source>
            <translation>按 {unit}</translation>
        </message>
    </context>
    <context>
        <name>RecipePane</name>
        <message>
            <source>Recipe</source>
            <translation>配方</translation>
        </message>
        <message>
            <source>Edit as a new plan</source>
            <translation>作为新方案编辑</translation>
        </message>
        <message>
            <source>fixed while it runs</source>
            <translation>运行中不可改</translation>
        </message>
        <message>
            <source>Train as it is</source>
            <translation>按原样训练</translation>
        </message>
        <message>
            <source>No plan yet.</source>
            <translation>还没有方案。</translation>
        </message>
        <message>
            <source>Go to Decide</source>
            <translation>前往“决定”</translation>
        </message>
        <message>
            <source>The recipe has an error above.</source>
            <translation>上面的配方有误。</translation>
        </message>
    </context>
    <context>
        <name>RemarksDialog</name>
        <message>
            <source>Remarks</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>How {model} was opened and counted</source>
            <translation>{model} 的打开与统计情况</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>复制</translation>
        </message>
        <message>
            <source>The selected remarks, or all of them</source>
            <translation>所选备注；未选择时为全部</translation>
        </message>
    </context>
    <context>
        <name>RooflinePane</name>
        <message>
            <source>Roofline</source>
            <translation>屋顶线</translation>
        </message>
        <message>
            <source>Measure again</source>
            <translation>重新测量</translation>
        </message>
        <message>
            <source>Open a model to place its layers under this machine's limits.</source>
            <translation>打开模型后，可查看其各层与本机性能上限的关系。</translation>
        </message>
        <message>
            <source>A file that can only be looked at does not run, so nothing is measured.</source>
            <translation>只能查看的文件不会运行，因此不作测量。</translation>
        </message>
        <message>
            <source>What limits each layer on this machine, computing or memory? It takes about {seconds} s to measure.</source>
            <translation>在本机上，限制各层的是计算还是内存？测量约需 {seconds} 秒。</translation>
        </message>
        <message>
            <source>Measure this machine</source>
            <translation>测量本机</translation>
        </message>
        <message>
            <source>about {seconds} s left</source>
            <translation>约剩 {seconds} 秒</translation>
        </message>
        <message>
            <source>Measuring this machine</source>
            <translation>正在测量本机</translation>
        </message>
        <message>
            <source>No layer of this model computes anything that is counted.</source>
            <translation>此模型没有任何计入运算量的层。</translation>
        </message>
        <message>
            <source>convolution</source>
            <translation>卷积</translation>
        </message>
        <message>
            <source>matrix product</source>
            <translation>矩阵乘法</translation>
        </message>
        <message>
            <source>memory {rate}</source>
            <translation>内存 {rate}</translation>
        </message>
        <message>
            <source>attainable</source>
            <translation>可达</translation>
        </message>
        <message>
            <source>achieved</source>
            <translation>实测</translation>
        </message>
        <message>
            <source>1 thread</source>
            <translation>1 个线程</translation>
        </message>
        <message>
            <source>{count} threads</source>
            <translation>{count} 个线程</translation>
        </message>
        <message>
            <source>{threads}, batch of {batch}</source>
            <translation>{threads}，批大小 {batch}</translation>
        </message>
        <message>
            <source>limited by memory</source>
            <translation>受内存限制</translation>
        </message>
        <message>
            <source>limited by computing</source>
            <translation>受计算限制</translation>
        </message>
        <message>
            <source>{figure} {unit} per byte, {bound}</source>
            <translation>每字节 {figure} {unit}，{bound}</translation>
        </message>
        <message>
            <source>Attainable: {rate}</source>
            <translation>可达：{rate}</translation>
        </message>
        <message>
            <source>Achieved: {rate}, {share} of it</source>
            <translation>实测：{rate}，为可达值的 {share}</translation>
        </message>
        <message>
            <source>Latency: {time}</source>
            <translation>延迟：{time}</translation>
        </message>
        <message>
            <source>Memory limits {memory} of {count} layers.</source>
            <translation>{count} 层中有 {memory} 层受内存限制。</translation>
        </message>
        <message>
            <source>{count} reach more than the limits measured here: {why}</source>
            <translation>有 {count} 层超过此处测得的上限：{why}</translation>
        </message>
        <message>
            <source>1 reaches more than the limits measured here: {why}</source>
            <translation>有 1 层超过此处测得的上限：{why}</translation>
        </message>
        <message>
            <source>other programs ran meanwhile, or the library needs fewer operations than are counted.</source>
            <translation>测量时有其他程序在运行，或计算库所需的运算少于计入的数量。</translation>
        </message>
        <message>
            <source>The one with most {unit}, {layer}, reaches {share} of what is attainable.</source>
            <translation>{unit} 最多的层 {layer} 达到可达值的 {share}。</translation>
        </message>
    </context>
    <context>
        <name>RooflinePlot</name>
        <message>
            <source>Roofline</source>
            <translation>屋顶线</translation>
        </message>
        <message>
            <source>{unit}s per byte moved</source>
            <translation>每搬运一字节的 {unit}s</translation>
        </message>
        <message>
            <source>layer</source>
            <translation>层</translation>
        </message>
        <message>
            <source>attainable, {unit}/s</source>
            <translation>可达（{unit}/s）</translation>
        </message>
        <message>
            <source>achieved, {unit}/s</source>
            <translation>实测（{unit}/s）</translation>
        </message>
    </context>
    <context>
        <name>RuleModel</name>
        <message>
            <source>Rule</source>
            <translation>规则</translation>
        </message>
        <message>
            <source>What it asks</source>
            <translation>所问</translation>
        </message>
        <message>
            <source>What it says</source>
            <translation>主张</translation>
        </message>
        <message>
            <source>silent</source>
            <translation>未触发</translation>
        </message>
        <message>
            <source>accuracy floor</source>
            <translation>准确率下限</translation>
        </message>
        <message>
            <source>budgets</source>
            <translation>预算</translation>
        </message>
    </context>
    <context>
        <name>SamplesView</name>
        <message>
            <source>Training samples</source>
            <translation>训练样本</translation>
        </message>
        <message>
            <source>{shown} of {all} training samples</source>
            <translation>{all} 个训练样本中的 {shown} 个</translation>
        </message>
        <message>
            <source>These samples are neither pictures nor rows: there is nothing to look at.</source>
            <translation>这些样本既不是图片也不是表格行：没有可查看的内容。</translation>
        </message>
        <message>
            <source>target</source>
            <translation>目标</translation>
        </message>
        <message>
            <source>class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>text</source>
            <translation>文本</translation>
        </message>
    </context>
    <context>
        <name>SessionDialog</name>
        <message>
            <source>Progress</source>
            <translation>进度</translation>
        </message>
    </context>
    <context>
        <name>ShortcutList</name>
        <message>
            <source>Keyboard shortcuts</source>
            <translation>键盘快捷键</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>命令</translation>
        </message>
        <message>
            <source>Shortcut</source>
            <translation>快捷键</translation>
        </message>
    </context>
    <context>
        <name>Showing</name>
        <message>
            <source>No model</source>
            <translation>没有模型</translation>
        </message>
        <message>
            <source>open one, or try the sample</source>
            <translation>打开模型，或试试示例</translation>
        </message>
        <message>
            <source>weights {name}</source>
            <translation>权重 {name}</translation>
        </message>
    </context>
    <context>
        <name>SideBySide</name>
        <message>
            <source>{first} and {second}</source>
            <translation>{first} 与 {second}</translation>
        </message>
        <message>
            <source>Counting {model}</source>
            <translation>正在统计 {model}</translation>
        </message>
        <message>
            <source>Matched by name: {count}</source>
            <translation>按名称匹配：{count}</translation>
        </message>
        <message>
            <source>by place and kind: {count}</source>
            <translation>按位置与类型匹配：{count}</translation>
        </message>
        <message>
            <source>only in A: {count}</source>
            <translation>仅 A 有：{count}</translation>
        </message>
        <message>
            <source>only in B: {count}</source>
            <translation>仅 B 有：{count}</translation>
        </message>
        <message>
            <source>latency: medians in turns, batch of {batch}, threads: {threads}</source>
            <translation>延迟：交替测量的中位数，批大小 {batch}，线程数 {threads}</translation>
        </message>
        <message>
            <source>There is nothing to compare.</source>
            <translation>没有可比较的内容。</translation>
        </message>
        <message>
            <source>Copied as CSV</source>
            <translation>已复制为 CSV</translation>
        </message>
        <message>
            <source>Save as CSV</source>
            <translation>另存为 CSV</translation>
        </message>
        <message>
            <source>CSV files (*.csv)</source>
            <translation>CSV 文件 (*.csv)</translation>
        </message>
        <message>
            <source>The file {file} could not be written</source>
            <translation>无法写入文件 {file}</translation>
        </message>
        <message>
            <source>Choose another folder</source>
            <translation>请选择其他文件夹</translation>
        </message>
    </context>
    <context>
        <name>Sources</name>
        <message>
            <source>Weights, MB</source>
            <translation>权重（MB）</translation>
        </message>
        <message>
            <source>Activations, MB</source>
            <translation>激活（MB）</translation>
        </message>
        <message>
            <source>Speed, G MACs/s</source>
            <translation>速度（G MACs/s）</translation>
        </message>
        <message>
            <source>Memory bandwidth, GB/s</source>
            <translation>内存带宽（GB/s）</translation>
        </message>
        <message>
            <source>Precision</source>
            <translation>精度</translation>
        </message>
        <message>
            <source>Sparsity it exploits</source>
            <translation>可利用的稀疏</translation>
        </message>
        <message>
            <source>Energy a MAC, pJ</source>
            <translation>每 MAC 能耗（pJ）</translation>
        </message>
        <message>
            <source>Energy a byte, pJ</source>
            <translation>每字节能耗（pJ）</translation>
        </message>
    </context>
    <context>
        <name>SourcesDialog</name>
        <message>
            <source>Sources: {device}</source>
            <translation>来源：{device}</translation>
        </message>
        <message>
            <source>{source} (estimate)</source>
            <translation>{source}（估计）</translation>
        </message>
    </context>
    <context>
        <name>SplitBar</name>
        <message>
            <source>Splits</source>
            <translation>划分</translation>
        </message>
        <message>
            <source>train</source>
            <translation>训练</translation>
        </message>
        <message>
            <source>validation</source>
            <translation>验证</translation>
        </message>
        <message>
            <source>test</source>
            <translation>测试</translation>
        </message>
    </context>
    <context>
        <name>StageBars</name>
        <message>
            <source>Stages with their validation accuracies</source>
            <translation>各阶段及其验证准确率</translation>
        </message>
        <message>
            <source>Stage</source>
            <translation>阶段</translation>
        </message>
        <message>
            <source>Accuracy, %</source>
            <translation>准确率（%）</translation>
        </message>
    </context>
    <context>
        <name>Stages</name>
        <message>
            <source>As opened</source>
            <translation>打开时</translation>
        </message>
        <message>
            <source>Trained</source>
            <translation>训练后</translation>
        </message>
        <message>
            <source>Teacher</source>
            <translation>教师</translation>
        </message>
        <message>
            <source>Student</source>
            <translation>学生</translation>
        </message>
        <message>
            <source>Dense</source>
            <translation>稠密</translation>
        </message>
        <message>
            <source>Pruned</source>
            <translation>剪枝后</translation>
        </message>
        <message>
            <source>Recalibrated</source>
            <translation>重校准</translation>
        </message>
        <message>
            <source>Final</source>
            <translation>最终</translation>
        </message>
        <message>
            <source>so far</source>
            <translation>暂时</translation>
        </message>
        <message>
            <source>Start again</source>
            <translation>重新开始</translation>
        </message>
        <message>
            <source>Resume from step {step}</source>
            <translation>从第 {step} 步恢复</translation>
        </message>
    </context>
    <context>
        <name>StatusLine</name>
        <message>
            <source>Progress</source>
            <translation>进度</translation>
        </message>
        <message>
            <source>Unit</source>
            <translation>单位</translation>
        </message>
    </context>
    <context>
        <name>StepButton</name>
        <message>
            <source>nothing there yet</source>
            <translation>尚无内容</translation>
        </message>
        <message>
            <source>can be opened</source>
            <translation>可以打开</translation>
        </message>
        <message>
            <source>running</source>
            <translation>运行中</translation>
        </message>
        <message>
            <source>has a result</source>
            <translation>已有结果</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
    </context>
    <context>
        <name>StepSwitch</name>
        <message>
            <source>Steps</source>
            <translation>步骤</translation>
        </message>
    </context>
    <context>
        <name>StripLegend</name>
        <message>
            <source>Legend of the layer strip</source>
            <translation>各层图的图例</translation>
        </message>
        <message>
            <source>before</source>
            <translation>之前</translation>
        </message>
        <message>
            <source>planned</source>
            <translation>计划</translation>
        </message>
        <message>
            <source>now</source>
            <translation>当前</translation>
        </message>
        <message>
            <source>removed channels, %</source>
            <translation>移除通道（%）</translation>
        </message>
    </context>
    <context>
        <name>TableAction</name>
        <message>
            <source>Show as table</source>
            <translation>显示为表格</translation>
        </message>
    </context>
    <context>
        <name>TableCommands</name>
        <message>
            <source>Save the table as &amp;CSV…</source>
            <translation>将表格另存为 &amp;CSV…</translation>
        </message>
        <message>
            <source>Save the table's &amp;picture…</source>
            <translation>保存表格图片(&amp;P)…</translation>
        </message>
        <message>
            <source>&amp;Copy the table's rows</source>
            <translation>复制表格的行(&amp;C)</translation>
        </message>
        <message>
            <source>Filter layers by &amp;range</source>
            <translation>按范围筛选层(&amp;R)</translation>
        </message>
        <message>
            <source>Layers &amp;in one list</source>
            <translation>单一列表显示层(&amp;I)</translation>
        </message>
        <message>
            <source>Clos&amp;e all modules</source>
            <translation>折叠所有模块(&amp;E)</translation>
        </message>
        <message>
            <source>Open all &amp;modules</source>
            <translation>展开所有模块(&amp;M)</translation>
        </message>
    </context>
    <context>
        <name>TableExport</name>
        <message>
            <source>Copy for a spreadsheet</source>
            <translation>复制到电子表格</translation>
        </message>
        <message>
            <source>Save as CSV…</source>
            <translation>另存为 CSV…</translation>
        </message>
        <message>
            <source>Copy rows</source>
            <translation>复制行</translation>
        </message>
        <message>
            <source>1 row copied</source>
            <translation>已复制 1 行</translation>
        </message>
        <message>
            <source>{count} rows copied</source>
            <translation>已复制 {count} 行</translation>
        </message>
        <message>
            <source>Save as CSV</source>
            <translation>另存为 CSV</translation>
        </message>
        <message>
            <source>CSV files (*.csv)</source>
            <translation>CSV 文件 (*.csv)</translation>
        </message>
        <message>
            <source>{count} more rows are not in this picture</source>
            <translation>另有 {count} 行未在此图中</translation>
        </message>
    </context>
    <context>
        <name>TableWindow</name>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Copy as CSV</source>
            <translation>复制为 CSV</translation>
        </message>
    </context>
    <context>
        <name>ToolRow</name>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Open a model</source>
            <translation>打开模型</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Commands</source>
            <translation>命令</translation>
        </message>
        <message>
            <source>All commands (Ctrl+Shift+P)</source>
            <translation>全部命令（Ctrl+Shift+P）</translation>
        </message>
        <message numerus="yes">
            <source>%n remark(s)</source>
            <translation>
                <numerusform>%n 条备注</numerusform>
            </translation>
        </message>
        <message>
            <source>How the model was opened and counted</source>
            <translation>模型的打开与统计情况</translation>
        </message>
        <message>
            <source>Find</source>
            <translation>查找</translation>
        </message>
        <message>
            <source>There is nothing to search on this page.</source>
            <translation>本页没有可查找的内容。</translation>
        </message>
    </context>
    <context>
        <name>TrainingFields</name>
        <message>
            <source>Epochs</source>
            <translation>轮数</translation>
        </message>
        <message>
            <source>How often training sees all its samples, in total.</source>
            <translation>训练总共看几遍全部样本。</translation>
        </message>
        <message>
            <source>Batch size</source>
            <translation>批大小</translation>
        </message>
        <message>
            <source>Samples of one optimiser step.</source>
            <translation>优化器每步的样本数。</translation>
        </message>
        <message>
            <source>Learning rate</source>
            <translation>学习率</translation>
        </message>
        <message>
            <source>The highest rate; warm-up and schedule lead to it and away from it.</source>
            <translation>最高学习率；预热升到它，调度从它降下。</translation>
        </message>
        <message>
            <source>Optimiser</source>
            <translation>优化器</translation>
        </message>
        <message>
            <source>SGD with momentum, or AdamW, which adapts the rate to each weight.</source>
            <translation>带动量的 SGD，或为每个权重调整学习率的 AdamW。</translation>
        </message>
        <message>
            <source>Momentum</source>
            <translation>动量</translation>
        </message>
        <message>
            <source>How much of the last step SGD goes on with.</source>
            <translation>SGD 保留上一步的多少。</translation>
        </message>
        <message>
            <source>Weight decay</source>
            <translation>权重衰减</translation>
        </message>
        <message>
            <source>Pulls weights towards zero; norms and biases are left out.</source>
            <translation>把权重拉向零；归一化层和偏置除外。</translation>
        </message>
        <message>
            <source>Clip norm</source>
            <translation>梯度裁剪</translation>
        </message>
        <message>
            <source>off</source>
            <translation>关</translation>
        </message>
        <message>
            <source>The gradient's norm is cut to this before a step.</source>
            <translation>每步之前把梯度范数限制到此值。</translation>
        </message>
        <message>
            <source>Accumulate</source>
            <translation>累积</translation>
        </message>
        <message>
            <source>A batch goes through the model in this many parts, to save memory.</source>
            <translation>一个批次分这么多份通过模型，以节省内存。</translation>
        </message>
        <message>
            <source>Schedule</source>
            <translation>调度</translation>
        </message>
        <message>
            <source>How the learning rate changes while training goes on.</source>
            <translation>学习率在训练过程中如何变化。</translation>
        </message>
        <message>
            <source>Warm-up</source>
            <translation>预热</translation>
        </message>
        <message>
            <source>Epochs in which the rate rises from zero.</source>
            <translation>学习率从零上升所用的轮数。</translation>
        </message>
        <message>
            <source>Decay</source>
            <translation>衰减</translation>
        </message>
        <message>
            <source>What the rate is multiplied with when it falls.</source>
            <translation>下降时学习率乘以的系数。</translation>
        </message>
        <message>
            <source>Every</source>
            <translation>每隔</translation>
        </message>
        <message>
            <source>Epochs between two falls of the rate.</source>
            <translation>学习率两次下降之间的轮数。</translation>
        </message>
        <message>
            <source>Patience</source>
            <translation>耐心</translation>
        </message>
        <message>
            <source>Epochs without a better validation loss before the rate falls.</source>
            <translation>验证损失多少轮没有改善后降低学习率。</translation>
        </message>
        <message>
            <source>Regularisation</source>
            <translation>正则化</translation>
        </message>
        <message>
            <source>Smoothing</source>
            <translation>标签平滑</translation>
        </message>
        <message>
            <source>Label smoothing: this share of each label is spread over all classes.</source>
            <translation>标签平滑：每个标签的这一比例分摊到所有类别。</translation>
        </message>
        <message>
            <source>EMA</source>
            <translation>EMA</translation>
        </message>
        <message>
            <source>Decay of a running average of the weights, which is evaluated and kept.</source>
            <translation>权重滑动平均的衰减；评估并保留该平均。</translation>
        </message>
        <message>
            <source>Norm momentum</source>
            <translation>归一化动量</translation>
        </message>
        <message>
            <source>as the model</source>
            <translation>与模型相同</translation>
        </message>
        <message>
            <source>Share of each step in batch norm's statistics; short training needs 0.1 or so.</source>
            <translation>每一步在批归一化统计量中所占的比例；短训练约需 0.1。</translation>
        </message>
        <message>
            <source>Early stop</source>
            <translation>提前停止</translation>
        </message>
        <message>
            <source>Ends training after this many epochs without better validation.</source>
            <translation>验证这么多轮没有改善后结束训练。</translation>
        </message>
        <message>
            <source>Loss</source>
            <translation>损失</translation>
        </message>
        <message>
            <source>What a regression's training makes small.</source>
            <translation>回归训练所减小的量。</translation>
        </message>
        <message>
            <source>Machine</source>
            <translation>机器</translation>
        </message>
        <message>
            <source>Seed</source>
            <translation>种子</translation>
        </message>
        <message>
            <source>Order of the samples, augmentation and new weights follow from it.</source>
            <translation>样本顺序、增强和新权重都由它决定。</translation>
        </message>
        <message>
            <source>Threads</source>
            <translation>线程</translation>
        </message>
        <message>
            <source>automatic</source>
            <translation>自动</translation>
        </message>
        <message>
            <source>Threads of torch on the CPU; automatic leaves one core to the window.</source>
            <translation>torch 在 CPU 上的线程数；自动时为窗口留一个核。</translation>
        </message>
        <message>
            <source>Workers</source>
            <translation>读取进程</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>Processes that read pictures and text ahead of training.</source>
            <translation>提前读取图片和文本的进程。</translation>
        </message>
        <message>
            <source>Device</source>
            <translation>设备</translation>
        </message>
        <message>
            <source>Where training is carried out.</source>
            <translation>在哪里训练。</translation>
        </message>
        <message>
            <source>Precision</source>
            <translation>精度</translation>
        </message>
        <message>
            <source>mixed</source>
            <translation>混合</translation>
        </message>
        <message>
            <source>Mixed precision takes less memory and time on CUDA.</source>
            <translation>混合精度在 CUDA 上更省内存和时间。</translation>
        </message>
        <message>
            <source>Checkpoint</source>
            <translation>检查点</translation>
        </message>
        <message>
            <source>Steps between two checkpoints; each epoch's end makes one, too.</source>
            <translation>两个检查点之间的步数；每轮结束也会保存一个。</translation>
        </message>
        <message>
            <source>clip {norm}</source>
            <translation>裁剪 {norm}</translation>
        </message>
        <message numerus="yes">
            <source>%n part(s)</source>
            <translation>
                <numerusform>%n 份</numerusform>
            </translation>
        </message>
        <message>
            <source>warm-up {epochs:g}</source>
            <translation>预热 {epochs:g}</translation>
        </message>
        <message>
            <source>smoothing {share:g}</source>
            <translation>平滑 {share:g}</translation>
        </message>
        <message>
            <source>norms {share}</source>
            <translation>归一化 {share}</translation>
        </message>
        <message>
            <source>early stop {epochs}</source>
            <translation>提前停止 {epochs}</translation>
        </message>
        <message>
            <source>seed {seed}</source>
            <translation>种子 {seed}</translation>
        </message>
        <message numerus="yes">
            <source>%n thread(s)</source>
            <translation>
                <numerusform>%n 个线程</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n worker(s)</source>
            <translation>
                <numerusform>%n 个读取进程</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>TreeMapPane</name>
        <message>
            <source>Tree map</source>
            <translation>矩形树图</translation>
        </message>
        <message>
            <source>Area</source>
            <translation>面积</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>颜色</translation>
        </message>
        <message>
            <source>other</source>
            <translation>其他</translation>
        </message>
        <message>
            <source>share, %</source>
            <translation>占比（%）</translation>
        </message>
        <message>
            <source>Tree map of the layers</source>
            <translation>各层的矩形树图</translation>
        </message>
        <message>
            <source>Module shown</source>
            <translation>所显示的模块</translation>
        </message>
        <message>
            <source>share of {cost}, %</source>
            <translation>占比（%）：{cost}</translation>
        </message>
        <message>
            <source>Largest tile: {layer}, {share} of {cost}.</source>
            <translation>最大的一块：{layer}，占{cost}的 {share}。</translation>
        </message>
    </context>
    <context>
        <name>TrustDialog</name>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Would run</source>
            <translation>会运行</translation>
        </message>
        <message>
            <source>Programs in the file</source>
            <translation>文件中的程序</translation>
        </message>
        <message>
            <source>Refers to</source>
            <translation>引用</translation>
        </message>
        <message>
            <source>Imports</source>
            <translation>导入</translation>
        </message>
        <message>
            <source>Runs when it is loaded, by line</source>
            <translation>加载时运行（按行）</translation>
        </message>
        <message>
            <source>Then calls</source>
            <translation>然后调用</translation>
        </message>
        <message>
            <source>This file can run code</source>
            <translation>此文件可以运行代码</translation>
        </message>
        <message>
            <source>This folder holds programs</source>
            <translation>此文件夹含有程序</translation>
        </message>
        <message>
            <source>What the file refers to</source>
            <translation>文件引用的内容</translation>
        </message>
        <message>
            <source>Remember this for the programs as they are now</source>
            <translation>对当前这些程序记住此决定</translation>
        </message>
        <message>
            <source>Remember this for the file as it is now</source>
            <translation>记住对此文件当前内容的决定</translation>
        </message>
        <message>
            <source>By its SHA-256: a changed file is asked about again. Preferences list and revoke it.</source>
            <translation>按 SHA-256 记住：文件改动后会再次询问。可在首选项中查看和撤销。</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>The SHA-256 stands for all of them. A program that is not as listed does not run.</source>
            <translation>该 SHA-256 代表全部程序。与列表不符的程序不会运行。</translation>
        </message>
        <message>
            <source>Go on only if you know where the folder comes from. They run with your rights, in a process of their own, which ends when this is done.</source>
            <translation>仅在知道此文件夹的来源时继续。这些程序以你的权限在单独的进程中运行，完成后该进程即结束。</translation>
        </message>
        <message>
            <source>Open it only if you know where it comes from. It runs with your rights, in a process of its own, which ends when another model is opened.</source>
            <translation>仅当您知道其来源时才打开。它以您的权限在单独的进程中运行，打开另一个模型时该进程即结束。</translation>
        </message>
        <message>
            <source>Files that it imports run too. They are not part of the SHA-256.</source>
            <translation>它导入的文件也会运行，但不计入 SHA-256。</translation>
        </message>
        <message>
            <source>Taking the weights out opens it once, in a process without network that starts no programs and changes no files, and keeps nothing but numbers.</source>
            <translation>取出权重时只打开一次，所在进程没有网络，不启动其他程序，不改动文件，只保留数值。</translation>
        </message>
        <message>
            <source>Run it and open</source>
            <translation>运行并打开</translation>
        </message>
        <message>
            <source>Run them and go on</source>
            <translation>运行并继续</translation>
        </message>
        <message>
            <source>Take the weights out…</source>
            <translation>取出权重…</translation>
        </message>
    </context>
    <context>
        <name>TrustList</name>
        <message>
            <source>Files that may run</source>
            <translation>可以运行的文件</translation>
        </message>
        <message>
            <source>Revoke</source>
            <translation>撤销</translation>
        </message>
        <message>
            <source>Revoke the selected decisions</source>
            <translation>撤销所选的决定</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Agreed</source>
            <translation>同意时间</translation>
        </message>
        <message>
            <source>It named</source>
            <translation>涉及内容</translation>
        </message>
        <message>
            <source>They open without a question while they have this SHA-256. Revoking holds at once.</source>
            <translation>只要 SHA-256 不变，打开时不再询问。撤销立即生效。</translation>
        </message>
        <message>
            <source>None. What a file would run is asked each time it is opened.</source>
            <translation>无。每次打开文件时都会询问其将运行的内容。</translation>
        </message>
    </context>
    <context>
        <name>TypeCard</name>
        <message>
            <source>Parameter-dense</source>
            <translation>参数密集</translation>
        </message>
        <message>
            <source>{fact}: measured or by hand</source>
            <translation>{fact}：测得或手动</translation>
        </message>
        <message>
            <source>MACs per parameter</source>
            <translation>每参数 MACs</translation>
        </message>
        <message>
            <source>Parameters, M</source>
            <translation>参数（M）</translation>
        </message>
        <message>
            <source>Drag the threshold or use the arrow keys; Home puts it back.</source>
            <translation>拖动阈值或用方向键调整；Home 键复原。</translation>
        </message>
        <message>
            <source>MACs per parameter: {value}</source>
            <translation>每参数 MACs：{value}</translation>
        </message>
        <message>
            <source>Parameters: {value} M</source>
            <translation>参数：{value} M</translation>
        </message>
        <message>
            <source>Both hold: at least {gate} M parameters, fewer than {limit} MACs per parameter.</source>
            <translation>两项都满足：参数不少于 {gate} M，每参数少于 {limit} MACs。</translation>
        </message>
        <message>
            <source>Compute-dense: {limit} or more MACs per parameter.</source>
            <translation>计算密集：每参数不少于 {limit} MACs。</translation>
        </message>
        <message>
            <source>Of neither type: fewer than {gate} M parameters, and fewer than {limit} MACs per parameter.</source>
            <translation>两类都不是：参数少于 {gate} M，每参数少于 {limit} MACs。</translation>
        </message>
        <message>
            <source>{share} below the threshold.</source>
            <translation>低于阈值 {share}。</translation>
        </message>
        <message>
            <source>{share} above the threshold.</source>
            <translation>高于阈值 {share}。</translation>
        </message>
        <message>
            <source>The verdict flips at an input of about {side} px.</source>
            <translation>输入约为 {side} px 时结论反转。</translation>
        </message>
        <message>
            <source>Measured at one token; counted at {tokens}.</source>
            <translation>按一个 token 计；统计时为 {tokens} 个。</translation>
        </message>
        <message>
            <source>Not every layer could be counted.</source>
            <translation>有的层无法计数。</translation>
        </message>
        <message>
            <source>A threshold was moved.</source>
            <translation>已移动阈值。</translation>
        </message>
    </context>
    <context>
        <name>ViewBar</name>
        <message>
            <source>Which architecture is it?</source>
            <translation>这是哪种架构？</translation>
        </message>
        <message>
            <source>Choose an architecture…</source>
            <translation>选择架构…</translation>
        </message>
        <message>
            <source>Open its own graph…</source>
            <translation>打开其自身的计算图…</translation>
        </message>
        <message>
            <source>{file} is {kind}.</source>
            <translation>{file} 是{kind}。</translation>
        </message>
        <message>
            <source>Its graph is counted and can be looked at.</source>
            <translation>其计算图已计数，可以查看。</translation>
        </message>
        <message>
            <source>Its graph is counted and can be looked at. To prune or train, open the PyTorch model that it was exported from.</source>
            <translation>其计算图已计数，可以查看。要剪枝或训练，请打开导出它的 PyTorch 模型。</translation>
        </message>
        <message>
            <source>Its own graph is counted and can be looked at. To prune or train, put its weights into an architecture.</source>
            <translation>其自身的计算图已计数，可以查看。要剪枝或训练，请把权重放入一种架构。</translation>
        </message>
        <message>
            <source>Its tensors are shown with parameters and bytes; FLOPs, activations and latency are unknown without an architecture. With one it can be counted, pruned and trained.</source>
            <translation>显示其张量的参数和字节数；没有架构就不知道 FLOPs、激活和延迟。有了架构即可计数、剪枝和训练。</translation>
        </message>
    </context>
    <context>
        <name>Waiting</name>
        <message>
            <source>Counting the other model</source>
            <translation>正在统计另一个模型</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
    </context>
    <context>
        <name>WeightPlots</name>
        <message>
            <source>Histogram</source>
            <translation>直方图</translation>
        </message>
        <message>
            <source>L2 norms</source>
            <translation>L2 范数</translation>
        </message>
        <message>
            <source>weight</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>count</source>
            <translation>数量</translation>
        </message>
        <message>
            <source>count, {unit}</source>
            <translation>数量（{unit}）</translation>
        </message>
        <message>
            <source>Standard deviation {sigma}.</source>
            <translation>标准差 {sigma}。</translation>
        </message>
        <message>
            <source>output channel, sorted</source>
            <translation>输出通道（已排序）</translation>
        </message>
        <message>
            <source>median {value}</source>
            <translation>中位数 {value}</translation>
        </message>
        <message>
            <source>{count} channels, median {median}, least {least}.</source>
            <translation>{count} 个通道，中位数 {median}，最小 {least}。</translation>
        </message>
    </context>
    <context>
        <name>WeightsView</name>
        <message>
            <source>This layer has no weights that can be drawn.</source>
            <translation>该层没有可绘制的权重。</translation>
        </message>
    </context>
</TS>
