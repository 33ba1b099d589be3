using System.Numerics;
using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Batches;

/// <summary>
/// Finds the order of the table <c>readings</c>, (site, point, hour, asset, ts), for the rows of a block: the texts are ranked once per birth, then each row's place is one number. When that
/// does not pay or does not fit, the rows stay as they are: the engine sorts what is not sorted. Not thread-safe.
/// </summary>
internal sealed class ReadingOrder
{
    private const long HourMs = 3_600_000;
    private const int BitsOfMsInHour = 22;
    private readonly Dictionary<PreparedBirth, BirthRanks> _births = new(ReferenceEqualityComparer.Instance);
    private readonly List<BirthRanks> _ranksOfRun = [];
    private readonly List<RankedText> _names = [];
    private readonly List<RankedText> _assets = [];
    private readonly RadixSort _sort = new();

    /// <summary>The rows' indices in order, valid until the next call; empty when they stay as they are.</summary>
    public ReadOnlySpan<int> Of(ReadOnlySpan<ReadingRow> rows, ReadOnlySpan<ReadingRun> runs)
    {
        Collect(runs);

        // Many births with few readings each: ranking their assets would cost more than it saves.
        if (_assets.Count > rows.Length)
        {
            return [];
        }

        (long firstHour, long hours) = HoursOf(rows);
        int bitsOfName = BitsFor(Rank(_names));
        int bitsOfHour = BitsFor(hours);
        int bitsOfAsset = BitsFor(Rank(_assets));
        int bits = bitsOfName + bitsOfHour + bitsOfAsset + BitsOfMsInHour;
        if (bits > 64)
        {
            return [];
        }

        Span<ulong> keys = _sort.Keys(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            ref readonly ReadingRow row = ref rows[i];
            PreparedBirth birth = runs[row.Run].Birth;
            BirthRanks ranks = _ranksOfRun[row.Run];
            long hour = row.TimestampMs / HourMs;
            ulong key = (uint)ranks.Names[birth.NameOfPoint[row.Point]];
            key = (key << bitsOfHour) | (ulong)(hour - firstHour);
            key = (key << bitsOfAsset) | (uint)ranks.Assets[birth.AssetNumberOfPoint[row.Point]];
            keys[i] = (key << BitsOfMsInHour) | (ulong)(row.TimestampMs - (hour * HourMs));
        }

        return _sort.Order(rows.Length, bits);
    }

    private void Collect(ReadOnlySpan<ReadingRun> runs)
    {
        _births.Clear();
        _ranksOfRun.Clear();
        _names.Clear();
        _assets.Clear();
        foreach (ref readonly ReadingRun run in runs)
        {
            if (!_births.TryGetValue(run.Birth, out BirthRanks? ranks))
            {
                ranks = new BirthRanks(new int[run.Birth.Names.Count], new int[run.Birth.Assets.Count]);
                _births.Add(run.Birth, ranks);
                for (int i = 0; i < ranks.Names.Length; i++)
                {
                    _names.Add(new RankedText(run.Gateway.SiteUtf8, run.Birth.Names[i], ranks.Names, i));
                }

                for (int i = 0; i < ranks.Assets.Length; i++)
                {
                    _assets.Add(new RankedText([], run.Birth.Assets[i], ranks.Assets, i));
                }
            }

            _ranksOfRun.Add(ranks);
        }
    }

    private static (long First, long Count) HoursOf(ReadOnlySpan<ReadingRow> rows)
    {
        long first = long.MaxValue;
        long last = 0;
        foreach (ref readonly ReadingRow row in rows)
        {
            first = Math.Min(first, row.TimestampMs);
            last = Math.Max(last, row.TimestampMs);
        }

        return rows.IsEmpty ? (0, 0) : (first / HourMs, (last / HourMs) - (first / HourMs) + 1);
    }

    /// <summary>Numbers the texts in the order of their bytes, as the engine compares them; equal ones alike.</summary>
    /// <returns>How many different ones there are.</returns>
    private static int Rank(List<RankedText> texts)
    {
        texts.Sort(static (a, b) => a.CompareTo(b));
        int rank = 0;
        for (int i = 0; i < texts.Count; i++)
        {
            rank += i > 0 && texts[i].CompareTo(texts[i - 1]) != 0 ? 1 : 0;
            texts[i].Ranks[texts[i].Index] = rank;
        }

        return rank + 1;
    }

    private static int BitsFor(long count) => count <= 1 ? 0 : BitOperations.Log2((ulong)count - 1) + 1;

    private sealed record BirthRanks(int[] Names, int[] Assets);

    private readonly record struct RankedText(byte[] Site, byte[] Text, int[] Ranks, int Index)
    {
        public int CompareTo(in RankedText other) =>
            Site.AsSpan().SequenceCompareTo(other.Site) is not 0 and int bySite ? bySite : Text.AsSpan().SequenceCompareTo(other.Text);
    }
}
