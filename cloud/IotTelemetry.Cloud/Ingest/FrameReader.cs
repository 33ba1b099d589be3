using IotTelemetry.Cloud.Batches;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>Decodes and checks one frame at a time, with working memory that is kept. Not thread-safe: each frame under way rents one.</summary>
internal sealed class FrameReader(IngestOptions options)
{
    private readonly FrameDecoder _decoder = new();
    private readonly List<int> _months = [];

    /// <summary>The readings of the last frame that was accepted.</summary>
    public FrameColumns Columns { get; } = new();

    /// <summary>Decodes a frame; false with a reason when it can never be stored.</summary>
    public bool TryRead(ReadOnlySpan<byte> frame, Birth birth, long nowMs, out RefusalReason reason, out string detail)
    {
        try
        {
            _decoder.Decode(frame, birth, Columns);
        }
        catch (FrameFormatException refusal)
        {
            reason = refusal.Reason;
            detail = refusal.Message;
            return false;
        }

        long limit = nowMs + (long)options.FutureLimit.TotalMilliseconds;
        _months.Clear();
        Month month = default;
        foreach (long timestamp in Columns.TimestampsMs)
        {
            if (timestamp > limit)
            {
                reason = RefusalReason.Invalid;
                detail = $"a reading is {TimeSpan.FromMilliseconds(timestamp - nowMs).TotalHours:F1} hours in the future; the limit is {options.FutureLimit.TotalHours:F1}";
                return false;
            }

            if (!month.Contains(timestamp))
            {
                month = Month.Of(timestamp);
                if (!_months.Contains(month.Number))
                {
                    _months.Add(month.Number);
                }
            }
        }

        reason = RefusalReason.Limit;
        detail = $"readings of {_months.Count} months in one frame; the limit is {options.MaximumMonthsPerFrame}";
        return _months.Count <= options.MaximumMonthsPerFrame;
    }
}
