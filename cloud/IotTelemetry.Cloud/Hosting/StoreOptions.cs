using IotTelemetry.ClickHouse.Server;
using IotTelemetry.Cloud.Schema;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>Where the tables are: the engine in this process, or ClickHouse servers over HTTP; immutable, and checked once by <see cref="Validate"/>.</summary>
internal sealed record StoreOptions
{
    /// <summary>Directory of the embedded engine's files; created when it is not there. Not used with <see cref="Servers"/>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>libchdb.so; null searches for it, see <c>cloud/README.md</c>.</summary>
    public string? EngineLibrary { get; init; }

    /// <summary>The servers to use instead of the embedded engine; null: embedded.</summary>
    public ServerEngineOptions? Servers { get; init; }

    /// <summary>Database, in which all tables of the service are.</summary>
    public DatabaseName Database { get; init; } = DatabaseName.Default;

    /// <summary>The cluster whose servers share the tables; null: a single server, or replicas whose tables were made otherwise.</summary>
    public ClusterName? Cluster { get; init; }

    /// <summary>The place, for people.</summary>
    public string Place => Servers is { } servers ? string.Join(',', servers.Endpoints) : DataDirectory;

    /// <summary>Checks every value.</summary>
    /// <exception cref="OptionException">A value is not allowed.</exception>
    public StoreOptions Validate()
    {
        if (Servers is not null)
        {
            try
            {
                Servers.Validate();
            }
            catch (ArgumentException wrong)
            {
                throw new OptionException("--clickhouse", string.Join(',', Servers.Endpoints), wrong.Message);
            }

            return this;
        }

        if (string.IsNullOrWhiteSpace(DataDirectory))
        {
            throw new OptionException("--data", DataDirectory, "allowed is the path of a directory");
        }

        if (File.Exists(DataDirectory))
        {
            throw new OptionException("--data", DataDirectory, "it is a file; allowed is the path of a directory");
        }

        if (EngineLibrary is not null && !File.Exists(EngineLibrary))
        {
            throw new OptionException("--engine-library", EngineLibrary, "there is no such file; allowed is the path of libchdb.so");
        }

        return this;
    }
}
