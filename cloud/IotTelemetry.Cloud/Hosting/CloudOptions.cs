using System.Net;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>Everything <c>iot-cloud serve</c> can be told; immutable, and checked once by <see cref="Validate"/>.</summary>
internal sealed record CloudOptions
{
    /// <summary>Where the tables are.</summary>
    public required StoreOptions Store { get; init; }

    /// <summary>Where the MQTT broker listens.</summary>
    public required IPEndPoint Mqtt { get; init; }

    /// <summary>Where the analysts' door, status and health listen.</summary>
    public required IPEndPoint Http { get; init; }

    /// <summary>Who may come in by the door.</summary>
    public IReadOnlyList<DoorUser> Users { get; init; } = DoorUser.OfThisMachine;

    /// <summary>Log file, rolled daily; none when null.</summary>
    public string? LogFile { get; init; }

    /// <summary>How rows gather and what is refused.</summary>
    public IngestOptions Ingest { get; init; } = new();

    /// <summary>How commands are carried out.</summary>
    public CommandOptions Commands { get; init; } = new();

    /// <summary>How long a stop waits for what was taken to be stored. With the connections (1.5 s) and the engine (2 s) the process ends within 10 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Checks every value.</summary>
    /// <exception cref="OptionException">A value is not allowed.</exception>
    public CloudOptions Validate()
    {
        Store.Validate();
        OptionException.ThrowIfOutside("drain time-out", DrainTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Ingest.Validate();
        Commands.Validate();
        return this;
    }
}
