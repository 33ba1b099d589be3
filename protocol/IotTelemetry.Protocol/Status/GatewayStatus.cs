using System.Buffers;

namespace IotTelemetry.Protocol;

/// <summary>
/// What a gateway says of itself on the topic <c>status</c> (QoS 1, retained; the will has the state offline). SPECIFICATION.md, section 7.1.
/// </summary>
public sealed record GatewayStatus
{
    /// <summary>The greatest number of <see cref="Faults"/>.</summary>
    public const int MaximumFaults = 64;

    /// <summary>The version of the writer.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.Current;

    /// <summary>Whether it is there.</summary>
    public required GatewayState State { get; init; }

    /// <summary>The boot that speaks, as in the birth.</summary>
    public required string BootId { get; init; }

    /// <summary>When this was said, by the gateway's clock, in Unix milliseconds; for the will, when the connection was made.</summary>
    public required long AtMs { get; init; }

    /// <summary>What the gateway knows of that clock.</summary>
    public ClockQuality Clock { get; init; }

    /// <summary>The epoch that live frames flow in.</summary>
    public ulong? Epoch { get; init; }

    /// <summary>Frames in the outbox that the cursor has not passed.</summary>
    public long? OutboxFrames { get; init; }

    /// <summary>Their size in bytes.</summary>
    public long? OutboxBytes { get; init; }

    /// <summary>Readings dropped since boot because the outbox was full, oldest first.</summary>
    public long? ReadingsDropped { get; init; }

    /// <summary>The revision of the lockouts that are in force and on the gateway's disk; null when there never were any.</summary>
    public long? LockoutRevision { get; init; }

    /// <summary>What does not work; null for nothing.</summary>
    public IReadOnlyList<GatewayFault>? Faults { get; init; }

    /// <summary>Writes the message as it goes over the wire.</summary>
    public void Encode(IBufferWriter<byte> output) => MessageJson.Write(output, this, WireJson.Context.GatewayStatus);

    /// <summary>The message as it goes over the wire.</summary>
    public byte[] Encode() => MessageJson.Write(this, WireJson.Context.GatewayStatus);

    /// <summary>Reads a message and checks everything in it.</summary>
    /// <exception cref="MessageFormatException">It is refused; the reason and the message say why.</exception>
    public static GatewayStatus Decode(ReadOnlySpan<byte> payload)
    {
        GatewayStatus status = MessageJson.Read(payload, WireJson.Context.GatewayStatus, "status");
        MessageJson.RequireText("bootId", status.BootId, 64);
        MessageJson.RequireTime("atMs", status.AtMs);
        MessageJson.RequireNotNegative("outboxFrames", status.OutboxFrames);
        MessageJson.RequireNotNegative("outboxBytes", status.OutboxBytes);
        MessageJson.RequireNotNegative("readingsDropped", status.ReadingsDropped);
        MessageJson.RequireRevision("lockoutRevision", status.LockoutRevision);
        MessageJson.RequireCount("faults", status.Faults, MaximumFaults);
        foreach (GatewayFault fault in status.Faults ?? [])
        {
            MessageJson.RequireText("faults.part", fault.Part, 128);
            MessageJson.RequireText("faults.problem", fault.Problem, 512);
            MessageJson.RequireTime("faults.sinceMs", fault.SinceMs);
        }
        return status;
    }
}
