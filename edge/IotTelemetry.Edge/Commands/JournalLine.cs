using System.Text.Json;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>A <see cref="JournalEntry"/> as it stands on the disk; the result is the message as it went over the wire.</summary>
internal sealed record JournalLine(Guid Id, string Phase, string Fingerprint, JsonElement? Result, JournalStamp? Stamp, JournalSwitch? Switch)
{
    // A line of a version that wrote no times: as long ago as can be, in a boot that is none.
    private static readonly JournalStamp Undated = new("", 0, 0, IsTrusted: false);

    public static JournalLine Of(JournalEntry entry) =>
        new(entry.Id, entry.Phase.ToString(), entry.Fingerprint, entry.Result is { } result ? JsonDocument.Parse(result.Encode()).RootElement : null, entry.Stamp, entry.Switch);

    /// <exception cref="JsonException">The line is not one that was written here.</exception>
    public JournalEntry ToEntry()
    {
        try
        {
            var result = Result is { } element ? CommandResult.Decode(JsonSerializer.SerializeToUtf8Bytes(element, CommandJson.Default.JsonElement)) : null;
            return Enum.TryParse<CommandPhase>(Phase, out var phase)
                ? new JournalEntry(Id, phase, Fingerprint, result, Stamp ?? Undated, Switch)
                : throw new JsonException($"{Phase} is no phase");
        }
        catch (MessageFormatException exception)
        {
            throw new JsonException(exception.Message, exception);
        }
    }
}
