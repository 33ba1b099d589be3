namespace IotTelemetry.Benchmarks;

/// <summary>A named group of benchmarks: what <c>./build.sh bench NAME</c> runs.</summary>
public interface ISuite
{
    /// <summary>The name on the command line, for example <c>mqtt</c>.</summary>
    string Name { get; }

    /// <summary>Runs the works one after the other and yields each figure as soon as it is measured.</summary>
    IAsyncEnumerable<Figure> RunAsync(CancellationToken cancellationToken);
}
