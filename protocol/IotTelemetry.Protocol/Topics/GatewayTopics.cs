using System.Globalization;

namespace IotTelemetry.Protocol;

/// <summary>The topics of one gateway, <c>iot/1/{partition}/{site}/{gateway}/…</c>, made once. The 1 is the major version of the protocol. Immutable.</summary>
public sealed class GatewayTopics
{
    /// <summary>The prefix of every topic of this major version.</summary>
    public const string Root = "iot/1";

    /// <summary>The topics of <paramref name="gateway"/>.</summary>
    public GatewayTopics(GatewayId gateway)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        Gateway = gateway;
        string prefix = string.Create(CultureInfo.InvariantCulture, $"{Root}/{gateway.Partition}/{gateway.Site}/{gateway.Gateway}/");
        Telemetry = prefix + "telemetry";
        Birth = prefix + "birth";
        Status = prefix + "status";
        Command = prefix + "command";
        Result = prefix + "result";
        Stored = prefix + "stored";
        Lockouts = prefix + "lockouts";
    }

    /// <summary>Whose topics these are.</summary>
    public GatewayId Gateway { get; }

    /// <summary>Frames, QoS 1, in order of (epoch, seq) within an epoch.</summary>
    public string Telemetry { get; }

    /// <summary>The birth, QoS 1, retained; births of older models are published here too, not retained.</summary>
    public string Birth { get; }

    /// <summary>The status, QoS 1, retained, and the will.</summary>
    public string Status { get; }

    /// <summary>Commands to the gateway, QoS 1, never retained.</summary>
    public string Command { get; }

    /// <summary>Results of commands, QoS 1.</summary>
    public string Result { get; }

    /// <summary>The stored cursor to the gateway, QoS 0, at most one a second.</summary>
    public string Stored { get; }

    /// <summary>The lockouts to the gateway, QoS 1, retained.</summary>
    public string Lockouts { get; }

    /// <summary>The filter that matches one kind of topic of every gateway, such as <c>iot/1/+/+/+/telemetry</c>.</summary>
    public static string FilterFor(TopicKind kind) => $"{Root}/+/+/+/{LevelOf(kind)}";

    /// <summary>The filter that matches one kind of topic of the gateways in one partition, such as <c>iot/1/17/+/+/telemetry</c>.</summary>
    /// <param name="kind">The kind of topic.</param>
    /// <param name="partition">0 to 63.</param>
    /// <exception cref="ArgumentOutOfRangeException">The partition is not 0 to 63.</exception>
    public static string FilterFor(TopicKind kind, int partition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, GatewayId.Partitions);
        return string.Create(CultureInfo.InvariantCulture, $"{Root}/{partition}/+/+/{LevelOf(kind)}");
    }

    private static string LevelOf(TopicKind kind) => kind switch
    {
        TopicKind.Telemetry => "telemetry",
        TopicKind.Birth => "birth",
        TopicKind.Status => "status",
        TopicKind.Command => "command",
        TopicKind.Result => "result",
        TopicKind.Stored => "stored",
        TopicKind.Lockouts => "lockouts",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of topic"),
    };
}
