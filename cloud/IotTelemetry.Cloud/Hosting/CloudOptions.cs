using System.Net;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>Everything <c>iot-cloud serve</c> can be told; immutable, and checked once by <see cref="Validate"/>.</summary>
internal sealed record CloudOptions
{
    /// <summary>Directory of the embedded engine's files; created when it is not there.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where the MQTT broker listens.</summary>
    public required IPEndPoint Mqtt { get; init; }

    /// <summary>Where the analysts' door, status and health listen.</summary>
    public required IPEndPoint Http { get; init; }

    /// <summary>Log file, rolled daily; none when null.</summary>
    public string? LogFile { get; init; }

    /// <summary>libchdb.so; null searches for it, see <c>cloud/README.md</c>.</summary>
    public string? EngineLibrary { get; init; }

    /// <summary>How rows gather and what is refused.</summary>
    public IngestOptions Ingest { get; init; } = new();

    /// <summary>Database, in which all tables of the service are.</summary>
    public DatabaseName Database { get; init; } = DatabaseName.Default;

    /// <summary>How long a stop waits for what was taken to be stored. With the connections (1.5 s) and the engine (2 s) the process ends within 10 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Checks every value.</summary>
    /// <exception cref="OptionException">A value is not allowed.</exception>
    public CloudOptions Validate()
    {
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

        OptionException.ThrowIfOutside("drain time-out", DrainTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Ingest.Validate();
        return this;
    }
}
