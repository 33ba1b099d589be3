using IotTelemetry.ClickHouse;

namespace IotTelemetry.Cloud.Commands;

/// <summary>Which commands of the audit are wanted. Every filter that is null lets all pass.</summary>
internal sealed record AuditQuery
{
    /// <summary>The greatest <see cref="Limit"/>.</summary>
    public const int MaximumLimit = 1000;

    public string? Site { get; init; }

    public string? Asset { get; init; }

    public string? Author { get; init; }

    /// <summary>Only commands whose last stage is this one.</summary>
    public CommandStage? Stage { get; init; }

    public Guid? Bulk { get; init; }

    /// <summary>Only what was requested at this moment or later.</summary>
    public DateTimeOffset Since { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>The page begins behind this command: the last one of the page before.</summary>
    public (DateTimeOffset RequestedAt, Guid Id)? Behind { get; init; }

    /// <summary>1 to <see cref="MaximumLimit"/>.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>The conditions on rows and on whole commands, with their values.</summary>
    public (string Where, string Having, ClickHouseParameters Parameters) ToSql()
    {
        ClickHouseParameters parameters = new ClickHouseParameters().Add("since", Since);
        List<string> where = ["c.requested_at >= {since:DateTime64(3, 'UTC')}"];
        void Require(string column, string? value)
        {
            if (value is not null)
            {
                where.Add($"c.{column} = {{{column}:String}}");
                parameters.Add(column, value);
            }
        }

        Require("site", Site);
        Require("asset", Asset);
        Require("author", Author);
        if (Bulk is { } bulk)
        {
            where.Add("c.bulk = {bulk:UUID}");
            parameters.AddText("bulk", bulk.ToString());
        }

        if (Behind is { } last)
        {
            where.Add("(c.requested_at, c.id) < ({behind:DateTime64(3, 'UTC')}, {behindId:UUID})");
            parameters.Add("behind", last.RequestedAt).AddText("behindId", last.Id.ToString());
        }

        if (Stage is { } stage)
        {
            parameters.Add("stage", StageName.Of(stage));
        }

        return (string.Join(" AND ", where), Stage is null ? "" : "HAVING argMax(c.stage, c.n) = {stage:String}", parameters);
    }
}
