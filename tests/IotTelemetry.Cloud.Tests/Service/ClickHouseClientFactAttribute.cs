using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>A test that needs Node.js and the npm package <c>@clickhouse/client</c> in <c>tests/peers</c>.</summary>
internal sealed class ClickHouseClientFactAttribute : FactAttribute
{
    public ClickHouseClientFactAttribute()
    {
        bool hasNode = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, "node")));
        Skip = !hasNode ? "node is not installed"
            : !Directory.Exists(Path.Combine(Peers, "node_modules", "@clickhouse", "client")) ? "tests/peers has no packages (run npm ci there)"
            : null;
    }

    /// <summary><c>tests/peers</c> of the checkout these tests were built from.</summary>
    public static string Peers { get; } = Repository.Find(Path.Combine("tests", "peers"));
}
