using System.Text.Json;

namespace IotTelemetry.Edge.Outbox;

/// <summary>Reads and replaces <c>ledger.json</c>. A replacement is whole or not at all: written beside, forced to the disk, renamed.</summary>
internal static class LedgerFile
{
    public static string PathIn(string directory) => Path.Combine(directory, "ledger.json");

    /// <summary>The ledger; an empty one when there is none or it cannot be read (then <paramref name="problem"/> says why).</summary>
    public static OutboxLedger Load(string directory, out string? problem)
    {
        problem = null;
        try
        {
            using var file = File.OpenRead(PathIn(directory));
            return JsonSerializer.Deserialize(file, OutboxJson.Default.OutboxLedger) ?? new OutboxLedger();
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
        var path = PathIn(directory);
        var beside = path + ".new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, ledger, OutboxJson.Default.OutboxLedger);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        DirectorySync.Flush(directory);
    }
}
