namespace IotTelemetry.Benchmarks.Edge;

/// <summary>One thing measured on the agent: one file of this folder.</summary>
internal interface IEdgeMeasurement
{
    /// <summary>Measures and yields each figure as soon as it is there.</summary>
    IAsyncEnumerable<Figure> RunAsync(CancellationToken cancellationToken);
}
