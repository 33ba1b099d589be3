using System.Runtime.CompilerServices;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>How big the native binary is, TLS included, without its symbols.</summary>
internal sealed class BinarySize : IEdgeMeasurement
{
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return new Figure("native binary, TLS included", new FileInfo(NativeAgent.Path).Length / 1e6, "MB", Better.Lower, 10);
    }
}
