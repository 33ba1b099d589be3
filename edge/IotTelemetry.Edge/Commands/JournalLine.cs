using System.Text.Json;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>A <see cref="JournalEntry"/> as it stands on the disk; the result is the message as it went over the wire.</summary>
internal sealed record JournalLine(Guid Id, string Phase, string Fingerprint, JsonElement? Result)
{
    public static JournalLine Of(JournalEntry entry) =>
        new(entry.Id, entry.Phase.ToString(), entry.Fingerprint, entry.Result is { } result ? JsonDocument.Parse(result.Encode()).RootElement : null);

    /// <exception cref="JsonException">The line is not one that was written here.</exception>
    public JournalEntry ToEntry()
    {
        try
        {
            var result = Result is { } element ? CommandResult.Decode(JsonSerializer.SerializeToUtf8Bytes(element, CommandJson.Default.JsonElement)) : null;
            return Enum.TryParse<CommandPhase>(Phase, out var phase) ? new JournalEntry(Id, phase, Fingerprint, result) : throw new JsonException($"{Phase} is no phase");
        }
        catch (MessageFormatException exception)
        {
            throw new JsonException(exception.Message, exception);
        }
    }
}
