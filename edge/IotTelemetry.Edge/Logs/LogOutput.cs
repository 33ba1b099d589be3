using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Logs;

/// <summary>
/// Where lines go: standard error, and a file when there is one. The journal puts times to lines itself and wants their level in front (sd-daemon(3)), so that <c>journalctl -p err</c> finds them.
/// Thread-safe. A line that cannot be written is lost; the agent goes on.
/// </summary>
/// <param name="standardError">The process's standard error.</param>
/// <param name="isJournal">Whether it is read by the journal.</param>
/// <param name="file">The log file; null for none.</param>
internal sealed class LogOutput(Stream standardError, bool isJournal, RollingFile? file) : IDisposable
{
    private readonly Lock _gate = new();
    private bool _fileFailed;

    public void Write(DateTimeOffset now, LogLevel level, string text)
    {
        var stamped = now.ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture) + text;
        lock (_gate)
        {
            Tell(isJournal ? PriorityOf(level) + text.ReplaceLineEndings("\n" + PriorityOf(level)) : stamped);
            try
            {
                file?.Write(now, Line(stamped));
                _fileFailed = false;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                if (!_fileFailed)
                {
                    _fileFailed = true;
                    Tell($"{PriorityOf(LogLevel.Error)}the log file cannot be written: {exception.Message}");
                }
            }
        }
    }

    public void Dispose()
    {
        standardError.Dispose();
        file?.Dispose();
    }

    private void Tell(string text)
    {
        try
        {
            standardError.Write(Line(text));
        }
        catch (IOException)
        {
            // Nobody reads standard error any more, and there is nobody else to tell.
        }
    }

    private string PriorityOf(LogLevel level) => !isJournal ? "" : level switch
    {
        LogLevel.Critical => "<2>",
        LogLevel.Error => "<3>",
        LogLevel.Warning => "<4>",
        _ => "<6>",
    };

    private static byte[] Line(string text) => Encoding.UTF8.GetBytes(text + "\n");
}
