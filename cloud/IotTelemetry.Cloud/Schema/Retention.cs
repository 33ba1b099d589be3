using System.Globalization;
using System.Text;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Schema;

/// <summary>Gives the table of readings the TTL that the rules ask for. ClickHouse then drops parts all of whose rows are over, without rewriting any.</summary>
internal sealed class Retention(IClickHouseEngine engine, DatabaseName database, ILogger<Retention> logger, ClusterName? cluster = null)
{
    /// <summary>Changes the table when its TTL is another one; does nothing when it is the same.</summary>
    /// <returns>True when it was changed.</returns>
    public async Task<bool> ApplyAsync(RetentionRules rules, CancellationToken cancellationToken)
    {
        string comment = CommentOf(rules);
        if (await PresentCommentAsync(cancellationToken) == comment)
        {
            return false;
        }

        foreach (string statement in StatementsOf(rules, comment))
        {
            await engine.ExecuteAsync(statement, cancellationToken: cancellationToken);
        }

        CloudLog.RetentionChanged(logger, database.ToString(), comment);
        return true;
    }

    /// <summary>The TTL of a row by its rule: days after its time.</summary>
    public static string TtlOf(RetentionRules rules)
    {
        StringBuilder days = new();
        for (int i = 1; i < rules.Names.Count; i++)
        {
            days.Append(CultureInfo.InvariantCulture, $"retention = '{rules.Names[i]}', {rules.Days[i]}, ");
        }

        // The engine keeps the end of a part's life in 32 bits of seconds: a later one would wrap around to the past.
        string others = (rules.Days[0] ?? RetentionRules.LongestDays).ToString(CultureInfo.InvariantCulture);
        return $"least(toDate32(ts) + toIntervalDay({(days.Length == 0 ? others : $"multiIf({days}{others})")}), toDate32('2106-01-01'))";
    }

    private string[] StatementsOf(RetentionRules rules, string comment)
    {
        bool any = rules.Days.Any(d => d is not null);
        string[] single =
        [
            any ? $"ALTER TABLE {database}.readings MODIFY TTL {TtlOf(rules)}" : $"ALTER TABLE {database}.readings REMOVE TTL",
            $"ALTER TABLE {database}.readings MODIFY COMMENT '{comment}'",
        ];
        return cluster is null ? single : [.. single.SelectMany(statement => ClusterForm.Of(statement, cluster))];
    }

    // The engine gives a TTL back in words of its own; what was asked for stands in the table's comment.
    private static string CommentOf(RetentionRules rules) => rules.Days.All(d => d is null)
        ? "retention: for ever"
        : "retention: " + string.Join(' ', rules.Names.Zip(rules.Days, (name, days) => days is null ? null : string.Create(CultureInfo.InvariantCulture, $"{name}={days}d")).OfType<string>());

    private async Task<string> PresentCommentAsync(CancellationToken cancellationToken)
    {
        string comment = "";
        await foreach (NativeBlock block in engine.QueryAsync(
            "SELECT comment FROM system.tables WHERE database = {database:String} AND name = {table:String}",
            new ClickHouseParameters().Add("database", database.ToString()).Add("table", cluster is null ? "readings" : "readings_local"),
            cancellationToken))
        {
            comment = block.Rows > 0 ? (string)block["comment"].GetValue(0)! : comment;
        }

        return comment.Length == 0 ? CommentOf(RetentionRules.KeepAll) : comment;
    }
}
