using System.Text.RegularExpressions;

namespace IotTelemetry.Cloud.Schema;

/// <summary>
/// Rewrites the statements of the migrations, which are written for one server, for a cluster: every table becomes a replicated table <c>NAME_local</c> on each server and a
/// Distributed table <c>NAME</c> over them, materialized views read and write local tables, and everything runs <c>ON CLUSTER</c>. One source, two forms.
/// <para>
/// Rows are spread by site and gateway, so that one gateway's rows, its frames and its ledger lie on one shard: what the exactly-once design says of one server then holds for
/// each gateway. A table without these columns names its own expression in a comment line <c>-- shard by EXPRESSION</c> before the statement.
/// </para>
/// </summary>
internal static partial class ClusterForm
{
    /// <summary>What rows are spread by, unless the statement says otherwise.</summary>
    public const string DefaultShardBy = "cityHash64(site, gateway)";

    /// <summary>The statements for a cluster, in order.</summary>
    /// <exception cref="SchemaException">The statement is of a kind that has no form for a cluster.</exception>
    public static IReadOnlyList<string> Of(string statement, ClusterName cluster)
    {
        string sql = Comment().Replace(statement, "").Trim();
        if (Table().Match(sql) is { Success: true } table)
        {
            return Tables(statement, sql, table, cluster);
        }

        if (View().Match(sql) is { Success: true } view)
        {
            string text = view.Groups["to"].Success
                ? LocalNames(sql[view.Length..], From())
                : sql[view.Length..];
            string target = view.Groups["to"].Success ? $" TO {view.Groups["to"].Value}_local" : "";
            return [$"{view.Groups["create"].Value} {view.Groups["name"].Value} ON CLUSTER '{cluster}'{target} AS{text}"];
        }

        if (Alter().Match(sql) is { Success: true } alter)
        {
            string local = $"ALTER TABLE {alter.Groups["name"].Value}_local ON CLUSTER '{cluster}'{sql[alter.Length..]}";
            return ColumnChange().IsMatch(sql)
                ? [local, $"ALTER TABLE {alter.Groups["name"].Value} ON CLUSTER '{cluster}'{sql[alter.Length..]}"]
                : [local];
        }

        return Select().IsMatch(sql)
            ? [sql]
            : throw new SchemaException($"there is no form for a cluster of: {sql.Split('\n')[0]}");
    }

    /// <summary>By which expression the rows of a CREATE TABLE statement are spread; null when it is none.</summary>
    public static (string Table, string ShardBy)? Sharding(string statement) => Table().Match(Comment().Replace(statement, "").Trim()) is { Success: true } table
        ? (table.Groups["name"].Value, ShardBy().Match(statement) is { Success: true } given ? given.Groups["by"].Value : DefaultShardBy)
        : null;

    private static string[] Tables(string statement, string sql, Match table, ClusterName cluster)
    {
        string name = table.Groups["name"].Value;
        string path = name.Replace('.', '/');
        string local = Engine().Replace(
            sql[table.Length..],
            engine => $"ENGINE = Replicated{engine.Groups["engine"].Value}('/clickhouse/tables/{{shard}}/{path}', '{{replica}}'{(engine.Groups["arguments"].Value is { Length: > 0 } arguments ? ", " + arguments : "")})",
            1);
        local = local.Replace("non_replicated_deduplication_window", "replicated_deduplication_window", StringComparison.Ordinal);
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return
        [
            $"CREATE TABLE IF NOT EXISTS {name}_local ON CLUSTER '{cluster}'{local}",
            $"CREATE TABLE IF NOT EXISTS {name} ON CLUSTER '{cluster}' AS {name}_local\nENGINE = Distributed('{cluster}', {name[..dot]}, {name[(dot + 1)..]}_local, {Sharding(statement)!.Value.ShardBy})",
        ];
    }

    private static string LocalNames(string sql, Regex names) => names.Replace(sql, match => $"{match.Value}_local");

    [GeneratedRegex(@"^\s*--[^\n]*\n?", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^-- shard by (?<by>[^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex ShardBy();

    [GeneratedRegex(@"\ACREATE TABLE IF NOT EXISTS (?<name>\w+\.\w+)(?=\s*\()")]
    private static partial Regex Table();

    [GeneratedRegex(@"\A(?<create>CREATE (?:OR REPLACE VIEW|(?:MATERIALIZED )?VIEW IF NOT EXISTS)) (?<name>\w+\.\w+)(?: TO (?<to>\w+\.\w+))? AS")]
    private static partial Regex View();

    [GeneratedRegex(@"\AALTER TABLE (?<name>\w+\.\w+)")]
    private static partial Regex Alter();

    [GeneratedRegex(@"\b(?:ADD|DROP|MODIFY|RENAME|COMMENT) COLUMN\b")]
    private static partial Regex ColumnChange();

    [GeneratedRegex(@"\AINSERT INTO \w+\.\w+[^;]*?\sSELECT\s")]
    private static partial Regex Select();

    [GeneratedRegex(@"\bENGINE = (?<engine>\w*MergeTree)(?:\((?<arguments>[^)]*)\))?")]
    private static partial Regex Engine();

    [GeneratedRegex(@"\b(?:FROM|JOIN) \w+\.\w+")]
    private static partial Regex From();
}
