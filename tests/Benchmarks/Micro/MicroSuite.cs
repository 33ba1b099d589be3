using System.Runtime.CompilerServices;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace IotTelemetry.Benchmarks.Micro;

/// <summary>What a single call costs, by BenchmarkDotNet: warm-up, outliers and allocation counts are its business. Runs in this process, so that nothing has to be built again.</summary>
internal sealed class MicroSuite : ISuite
{
    public string Name => "micro";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(Repository.PathOf("artifacts", "benchmarks"));
        Type[] works = [typeof(MqttCodecBenchmarks), typeof(FrameBenchmarks), typeof(NativeBlockBenchmarks)];
        foreach (var work in works)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var summary = await Task.Run(() => BenchmarkRunner.Run(work, config), cancellationToken);
            foreach (var report in summary.Reports)
            {
                var statistics = report.ResultStatistics
                    ?? throw new InvalidOperationException($"{report.BenchmarkCase.DisplayInfo} gave no figure: {string.Join("; ", summary.ValidationErrors.Select(e => e.Message))}");
                var name = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');
                yield return new Figure(name, statistics.Median, "ns", Better.Lower);
                yield return new Figure($"{name}: allocated", report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0, "B", Better.Lower);
            }
        }
    }
}
