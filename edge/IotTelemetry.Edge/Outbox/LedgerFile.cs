using System.Globalization;
using System.Text;
using System.Text.Json;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Outbox;

/// <summary>
/// Reads and replaces <c>ledger.json</c>: a line of JSON, and one with the CRC-32C of its bytes in hexadecimal. A cursor with a flipped bit would delete frames that nobody has.
/// </summary>
internal static class LedgerFile
{
    public static string PathIn(string directory) => Path.Combine(directory, "ledger.json");

    /// <summary>The ledger; an empty one when there is none or it cannot be read (then <paramref name="problem"/> says why).</summary>
    public static OutboxLedger Load(string directory, out string? problem)
    {
        problem = null;
        try
        {
            ReadOnlySpan<byte> file = File.ReadAllBytes(PathIn(directory));
            var end = file.IndexOf((byte)'\n');
            if (end < 0 || !file[(end + 1)..].StartsWith(Checksum(file[..end])))
            {
                problem = "its checksum does not match";
                return new OutboxLedger();
            }

            return JsonSerializer.Deserialize(file[..end], LedgerJson.Default.OutboxLedger) ?? new OutboxLedger();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new OutboxLedger();
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            problem = exception.Message;
            return new OutboxLedger();
        }
    }

    public static void Save(string directory, OutboxLedger ledger)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(ledger, LedgerJson.Default.OutboxLedger);
        DurableFile.Replace(PathIn(directory), [.. json, (byte)'\n', .. Checksum(json), (byte)'\n']);
    }

    private static ReadOnlySpan<byte> Checksum(ReadOnlySpan<byte> json) =>
        Encoding.ASCII.GetBytes(Crc32C.Compute(json).ToString("x8", CultureInfo.InvariantCulture));
}
