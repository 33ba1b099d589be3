using System.ComponentModel;
using System.Globalization;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IotTelemetry.Cloud.Api;

/// <summary>The parameters by which commands of the audit are chosen.</summary>
internal sealed record AuditParameters
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(30);

    [Description("Only of this site.")]
    public string? Site { get; init; }

    [Description("Only of this asset, site/asset.")]
    public string? Asset { get; init; }

    [Description("Only by this author.")]
    public string? Author { get; init; }

    [Description("Only in this state, such as verified.")]
    public string? State { get; init; }

    [Description("Only of this bulk.")]
    public Guid? Bulk { get; init; }

    [Description("Only what was requested since then, Unix milliseconds; the last 30 days when left out.")]
    public long? SinceMs { get; init; }

    [Description("What the page before named as next.")]
    public string? After { get; init; }

    [Description("1 to 1000; 100 when left out.")]
    public int? Limit { get; init; }

    /// <summary>As a query of one row more than the page; null with the answer that refuses when a value is not allowed.</summary>
    public AuditQuery? ToQuery(DateTimeOffset now, out ProblemHttpResult? problem)
    {
        AssetId asset = default;
        CommandStage stage = default;
        (DateTimeOffset, Guid)? behind = After is null ? null : ParseKey(After);
        problem = Page.Refuse(Limit)
            ?? (Asset is not null && !AssetId.TryParse(Asset, out asset, out string? fault) ? ApiProblem.NotAllowed("asset", Asset, $"allowed is site/asset. {fault}") : null)
            ?? (State is not null && !StageName.TryParse(State, out stage) ? ApiProblem.NotAllowed("state", State, $"allowed is one of {string.Join(", ", StageName.All)}") : null)
            ?? (SinceMs is < 0 or > 253_402_300_799_999 ? ApiProblem.NotAllowed("sinceMs", SinceMs, "allowed are Unix milliseconds up to the year 9999") : null)
            ?? (After is not null && behind is null ? ApiProblem.NotAllowed("after", After, "allowed is what a page names as next") : null);
        return problem is not null ? null : new AuditQuery
        {
            Site = Asset is null ? Site : asset.Site,
            Asset = Asset is null ? null : asset.Name,
            Author = Author,
            Stage = State is null ? null : stage,
            Bulk = Bulk,
            Since = SinceMs is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : now - DefaultSpan,
            Behind = behind,
            Limit = (Limit ?? Page.DefaultLimit) + 1,
        };
    }

    /// <summary>What a page names as next when this is its last command.</summary>
    public static string Key(CommandView last) => string.Create(CultureInfo.InvariantCulture, $"{last.RequestedAtMs}_{last.Id}");

    private static (DateTimeOffset RequestedAt, Guid Id)? ParseKey(string key) =>
        key.Split('_') is [{ } ms, { } id]
        && long.TryParse(ms, NumberStyles.None, CultureInfo.InvariantCulture, out long requestedAtMs) && requestedAtMs <= 253_402_300_799_999
        && Guid.TryParse(id, out Guid guid)
            ? (DateTimeOffset.FromUnixTimeMilliseconds(requestedAtMs), guid)
            : null;
}
