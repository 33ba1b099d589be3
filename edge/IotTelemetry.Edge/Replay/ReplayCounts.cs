using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Replay;

/// <summary>Counts rows and reports the bad ones with their line number (the header is line 1).</summary>
internal sealed class ReplayCounts(string file, ILogger log)
{
    /// <summary>A file that is bad throughout must not fill the log.</summary>
    private const int MostReported = 1000;

    public long Rows { get; private set; }

    public long BadRows { get; private set; }

    /// <summary>Rows that repeat an asset and time already read.</summary>
    public long RepeatedRows { get; private set; }

    /// <summary>Values that the file says are missing.</summary>
    public long MissingValues { get; private set; }

    public void Row() => Rows++;

    public void Missing() => MissingValues++;

    public void Bad(long line, string problem)
    {
        if (++BadRows <= MostReported)
        {
            ReplayLog.BadRow(log, file, line, problem);
        }
        else if (BadRows == MostReported + 1)
        {
            ReplayLog.ManyBadRows(log, file, MostReported);
        }
    }

    public void Repeated(long line, string what)
    {
        if (++RepeatedRows <= MostReported)
        {
            ReplayLog.RepeatedRow(log, file, line, what);
        }
    }
}
