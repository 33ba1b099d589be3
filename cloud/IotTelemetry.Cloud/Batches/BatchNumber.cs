using System.Globalization;

namespace IotTelemetry.Cloud.Batches;

/// <summary>
/// Numbers of batches: when a batch was closed, in the high bits, and which writer closed it, in the low ones. A writer's numbers rise strictly; those of several writers never meet, and
/// rise with time as well as their clocks agree, so that "younger than" finds its granules by the minmax index whoever wrote.
/// </summary>
internal static class BatchNumber
{
    /// <summary>The writer that has the store in its own process.</summary>
    public const uint Embedded = 0;

    /// <summary>Writers are numbered below this.</summary>
    public const uint Writers = 1 << WriterBits;

    private const int WriterBits = 20;

    // Smaller numbers are of databases from before several writers: 1, 2, 3 and so on.
    private const ulong First = 1UL << 40;

    /// <summary>A writer's number after <paramref name="last"/>, which may be another writer's.</summary>
    public static ulong Next(ulong last, uint writer, DateTimeOffset now)
    {
        ulong tick = Math.Max((ulong)now.ToUnixTimeMilliseconds(), (last >> WriterBits) + 1);
        return (tick << WriterBits) | writer;
    }

    /// <summary>SQL that is true for batches that a writer closed after the given one of its own, for each of the writers; and for the given ones, if that is wanted.</summary>
    public static string IsYoungerSql(IReadOnlyDictionary<uint, ulong> lastOfWriter, bool orSame = false)
    {
        string than = orSame ? ">=" : ">";
        IEnumerable<string> writers = lastOfWriter.Select(last => string.Create(CultureInfo.InvariantCulture, $"({WriterSql} = {last.Key} AND batch {than} {last.Value})"));
        return string.Create(CultureInfo.InvariantCulture, $"batch {than} {lastOfWriter.Values.Min()} AND ({string.Join(" OR ", writers)})");
    }

    /// <summary>SQL that is true for batches younger than the oldest of the given ones, whoever closed them.</summary>
    public static string IsYoungerThanAnySql(IReadOnlyDictionary<uint, ulong> lastOfWriter) =>
        string.Create(CultureInfo.InvariantCulture, $"batch > {lastOfWriter.Values.Min()}");

    /// <summary>SQL for the writer of a row's batch.</summary>
    public static string WriterSql { get; } = string.Create(CultureInfo.InvariantCulture, $"if(batch < {First}, {Embedded}, bitAnd(batch, {Writers - 1}))");
}
