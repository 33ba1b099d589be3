namespace IotTelemetry.ClickHouse.Sql;

/// <summary>The table function <c>input('structure')</c>, by which the query of an INSERT reads the rows that come with it (docs/en/sql-reference/table-functions/input.md).</summary>
internal static class InputFunction
{
    /// <summary>The same statement with its rows read from a file; null when it has no such function, or several.</summary>
    /// <param name="sql">An INSERT with a query, without FORMAT clause.</param>
    /// <param name="format">Of the rows.</param>
    /// <param name="path">Of the file; written into the text as it is.</param>
    public static string? Redirect(string sql, string format, string path)
    {
        List<SqlToken> tokens = SqlLexer.Split(sql);
        int[] calls = [.. Enumerable.Range(0, Math.Max(0, tokens.Count - 3)).Where(at =>
            tokens[at].IsWord("input") && tokens[at + 1].IsSymbol('(') && tokens[at + 2].Kind == SqlTokenKind.Text && tokens[at + 3].IsSymbol(')'))];
        if (calls is not [var call])
        {
            return null;
        }

        SqlToken structure = tokens[call + 2];
        return $"{sql[..tokens[call].Start]}file('{path}', {Statement.Literal(format)}, {sql[structure.Start..structure.End]}){sql[tokens[call + 3].End..]}";
    }
}
