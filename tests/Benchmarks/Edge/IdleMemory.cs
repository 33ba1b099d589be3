using System.Runtime.CompilerServices;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>Resident memory of an agent that looks at its points once a second and has little to say.</summary>
internal sealed class IdleMemory : IEdgeMeasurement
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new Figure("resident memory, idle, 32 points", await MeasureAsync(isEncrypted: false, cancellationToken), "MB", Better.Lower, 18);
        yield return new Figure("resident memory, idle, 32 points, connected by TLS", await MeasureAsync(isEncrypted: true, cancellationToken), "MB", Better.Lower);
    }

    private static async Task<double> MeasureAsync(bool isEncrypted, CancellationToken cancellationToken)
    {
        await using var agent = await AgentProcess.StartAsync(32, """{ "pollMs": 1000, "deadband": 50 }""", isEncrypted: isEncrypted);
        await Task.Delay(Settling, cancellationToken);
        return agent.ResidentMegabytes;
    }
}
