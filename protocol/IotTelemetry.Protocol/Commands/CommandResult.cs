using System.Buffers;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>What became of a command, on the topic <c>result</c> (QoS 1). SPECIFICATION.md, section 7.3.</summary>
public sealed record CommandResult
{
    /// <summary>The version of the writer.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.Current;

    /// <summary>The id of the command.</summary>
    public required Guid Id { get; init; }

    /// <summary>The phase that is answered.</summary>
    public required CommandPhase Phase { get; init; }

    /// <summary>What became of it.</summary>
    public required CommandState State { get; init; }

    /// <summary>Why, from the closed list.</summary>
    public required CommandCode Code { get; init; }

    /// <summary>The same for a person, at most 512 characters: which interlock, whose lockout; null for none.</summary>
    public string? Detail { get; init; }

    /// <summary>The point's value as last seen; null when never.</summary>
    public PointValue? Observed { get; init; }

    /// <summary>When it was seen, in Unix milliseconds; present exactly when <see cref="Observed"/> is.</summary>
    public long? ObservedAtMs { get; init; }

    /// <summary>Until when the point is reserved, by the gateway's clock, in Unix milliseconds; only when selected.</summary>
    public long? SelectedUntilMs { get; init; }

    /// <summary>
    /// Until when a verified or failed follows, by the gateway's clock, in Unix milliseconds; only when executed. Null: no feedback is configured, and executed is final.
    /// </summary>
    public long? VerifyByMs { get; init; }

    /// <summary>When the state was reached, by the gateway's clock, in Unix milliseconds.</summary>
    public required long AtMs { get; init; }

    /// <summary>What the gateway knows of that clock.</summary>
    public ClockQuality Clock { get; init; }

    /// <summary>Whether this ends the command: no other result follows (SPECIFICATION.md, section 7.3).</summary>
    [JsonIgnore]
    public bool IsFinal => State switch
    {
        CommandState.Accepted or CommandState.Selected => false,
        CommandState.Executed => VerifyByMs is null,
        _ => true,
    };

    /// <summary>Writes the message as it goes over the wire.</summary>
    public void Encode(IBufferWriter<byte> output) => MessageJson.Write(output, this, WireJson.Context.CommandResult);

    /// <summary>The message as it goes over the wire.</summary>
    public byte[] Encode() => MessageJson.Write(this, WireJson.Context.CommandResult);

    /// <summary>Reads a message and checks everything in it.</summary>
    /// <exception cref="MessageFormatException">It is refused; the reason and the message say why.</exception>
    public static CommandResult Decode(ReadOnlySpan<byte> payload)
    {
        CommandResult result = MessageJson.Read(payload, WireJson.Context.CommandResult, "result");
        CommandRules.RequireId(result.Id);
        CommandRules.RequireValue(result.Observed);
        MessageJson.RequireOptionalText("detail", result.Detail, 512);
        MessageJson.RequireTime("atMs", result.AtMs);
        MessageJson.RequireTime("observedAtMs", result.ObservedAtMs ?? 0);
        MessageJson.RequireTime("selectedUntilMs", result.SelectedUntilMs ?? 0);
        MessageJson.RequireTime("verifyByMs", result.VerifyByMs ?? 0);
        if (result.Observed is null != result.ObservedAtMs is null)
        {
            throw new MessageFormatException(RefusalReason.Malformed, "observed and observedAtMs come together or not at all.");
        }
        return result;
    }
}
