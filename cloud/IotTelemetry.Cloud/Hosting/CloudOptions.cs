using System.Net;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Door;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Workers;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>Everything <c>iot-cloud serve</c> can be told; immutable, and checked once by <see cref="Validate"/>.</summary>
internal sealed record CloudOptions
{
    public static TimeSpan DefaultLease { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Where the tables are.</summary>
    public required StoreOptions Store { get; init; }

    /// <summary>Where the MQTT broker in this process listens; null: nowhere.</summary>
    public required IPEndPoint? Mqtt { get; init; }

    /// <summary>The broker that the gateways connect to, if it is another one.</summary>
    public BrokerOptions? Broker { get; init; }

    /// <summary>The process has the store and no gateways: workers write to it through the door.</summary>
    public bool IsStoreAlone => Mqtt is null && Broker is null && Store.Servers is null;

    /// <summary>The part of the fleet that this process takes care of.</summary>
    public WorkerShare Share { get; init; } = WorkerShare.Whole;

    /// <summary>How long the right to write to a shared store lasts without being renewed. A worker that died is replaced after one and a half times this.</summary>
    public TimeSpan Lease { get; init; } = DefaultLease;

    /// <summary>Where the analysts' door, status and health listen.</summary>
    public required IPEndPoint Http { get; init; }

    /// <summary>Who may come in by the door, and ask the API.</summary>
    public IReadOnlyList<DoorUser> Users { get; init; } = DoorUser.OfThisMachine;

    /// <summary>Users were named: the API takes nobody's word for who he is.</summary>
    public bool AsksForLogin => !ReferenceEquals(Users, DoorUser.OfThisMachine);

    /// <summary>The door for other machines; none when null.</summary>
    public DoorTls? Tls { get; init; }

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
        OptionException.ThrowIfOutside("--lease-s", Lease, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Broker?.Validate();
        if (Share.Count > 1 && Store.Servers is null)
        {
            throw new OptionException("--worker", Share, "several workers need a store that all can reach: give --clickhouse");
        }

        Ingest.Validate();
        Commands.Validate();
        return this;
    }
}
