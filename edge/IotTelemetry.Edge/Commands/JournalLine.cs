using System.Text.Json;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>A <see cref="JournalEntry"/> as it stands on the disk; the result is the message as it went over the wire. Or what is known of commands that are not remembered one by one.</summary>
internal sealed record JournalLine(
    Guid Id, string Phase, string Fingerprint, JsonElement? Result, JournalStamp? Stamp, JournalSwitch? Switch, long? LifeMs = null, long? ExpiresMs = null, long? ForgottenMs = null, long? TurnedAwayMs = null)
{
    // A line of a version that wrote no times: as long ago as can be, in a boot that is none.
    private static readonly JournalStamp Undated = new("", 0, 0, IsTrusted: false);

    public static JournalLine Of(JournalEntry entry) =>
        new(
            entry.Id,
            entry.Phase.ToString(),
            entry.Fingerprint,
            entry.Result is { } result ? JsonSerializer.Deserialize(result.Encode(), CommandJson.Default.JsonElement) : null,
            entry.Stamp,
            entry.Switch,
            Known(entry.LifeMs),
            Known(entry.ExpiresMs));

    /// <summary>What is known of those that are not remembered.</summary>
    public static JournalLine Of(long forgottenMs, long turnedAwayMs) => new(Guid.Empty, "", "", null, null, null, ForgottenMs: forgottenMs, TurnedAwayMs: turnedAwayMs);

    /// <exception cref="JsonException">The line is not one that was written here.</exception>
    public JournalEntry ToEntry()
    {
        try
        {
            var result = Result is { } element ? CommandResult.Decode(JsonSerializer.SerializeToUtf8Bytes(element, CommandJson.Default.JsonElement)) : null;
            return Enum.TryParse<CommandPhase>(Phase, out var phase)
                ? new JournalEntry(Id, phase, Fingerprint, result, Stamp ?? Undated, Switch, LifeMs ?? 0, ExpiresMs ?? 0)
                : throw new JsonException($"{Phase} is no phase");
        }
        catch (MessageFormatException exception)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    private static long? Known(long value) => value == 0 ? null : value;
}
