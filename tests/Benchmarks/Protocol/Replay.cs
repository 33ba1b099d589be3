using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Protocol;

/// <summary>Readings in the order a gateway takes them, as parallel columns, and the birth of their points.</summary>
/// <param name="Name">What is replayed, for the figures.</param>
/// <param name="Birth">The birth.</param>
/// <param name="ReadingsPerFrame">How many readings go into a frame.</param>
/// <param name="Points">Aliases.</param>
/// <param name="Times">Unix milliseconds.</param>
/// <param name="Values">Values.</param>
internal sealed record Replay(string Name, Birth Birth, int ReadingsPerFrame, int[] Points, long[] Times, double[] Values)
{
    /// <summary>How many whole frames the readings fill; what is left over is not replayed.</summary>
    public int Frames => Points.Length / ReadingsPerFrame;

    /// <summary>The readings of those frames.</summary>
    public int Readings => Frames * ReadingsPerFrame;
}
