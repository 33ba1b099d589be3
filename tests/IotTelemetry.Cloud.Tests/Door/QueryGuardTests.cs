using System.Collections.Frozen;
using IotTelemetry.Cloud.Door;

namespace IotTelemetry.Cloud.Tests.Door;

public sealed class QueryGuardTests
{
    private readonly QueryGuard _guard = new(new[] { "file", "url", "s3", "remote", "executable", "mysql" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase));

    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("  select count() from iot.readings where point = 'url(x)' -- file('/etc/passwd')")]
    [InlineData("WITH 1 AS file SELECT file, a.url FROM (SELECT 2 AS url) AS a;")]
    [InlineData("(SELECT 1) UNION ALL (SELECT 2)")]
    [InlineData("SELECT power_w AS \"kWh/day\" FROM iot.readings ORDER BY \"kWh/day\"")]
    [InlineData("SELECT $x$ INTO OUTFILE $x$, 'it''s', 'a\\'b' /* FROM '/etc/passwd' */")]
    [InlineData("SHOW TABLES FROM iot")]
    [InlineData("SELECT * FROM numbers(10) WHERE number IN ('/a', '/b')")]
    [InlineData("SELECT {from:DateTime64(3, 'UTC')}, arrayJoin([1, 2])")]
    public void Reading_passes(string sql) => _guard.Check(sql);

    [Theory]
    [InlineData("INSERT INTO iot.readings SELECT * FROM iot.readings", 164)]
    [InlineData("DROP TABLE iot.ledger", 164)]
    [InlineData("KILL QUERY WHERE 1", 164)]
    [InlineData("SET readonly = 0", 164)]
    [InlineData("USE system", 164)]
    [InlineData("SELECT 1 SETTINGS readonly = DEFAULT", 164)]
    [InlineData("SELECT 1 SETTINGS max_threads = 1, `readonly`=DEFAULT", 164)]
    [InlineData("WITH 1 AS x INSERT INTO iot.unfinished SELECT 's', 'g', 1, 1, 1", 164)]
    [InlineData("", 62)]
    [InlineData("SELECT 1; SELECT 2", 62)]
    [InlineData("SELECT 'open", 62)]
    [InlineData("SELECT 1 /* /* */ , 2 */", 62)]
    [InlineData("SELECT ‘x’", 62)]
    [InlineData("SELECT * FROM file('/etc/passwd')", 497)]
    [InlineData("SELECT * FROM File /* x */ (\n'/etc/passwd')", 497)]
    [InlineData("SELECT `file`('/etc/passwd')", 497)]
    [InlineData("SELECT \"fi\\x6ce\"('/etc/passwd')", 497)]
    [InlineData("SELECT * FROM numbers(1) WHERE 1 IN (SELECT 1 FROM url('http://example.com'))", 497)]
    [InlineData("SELECT 1 INTO OUTFILE '/tmp/x'", 497)]
    [InlineData("SELECT * FROM '/etc/passwd'", 497)]
    [InlineData("SELECT * FROM `/etc/passwd`", 497)]
    [InlineData("SELECT * FROM numbers(1), \"/etc/passwd\"", 497)]
    [InlineData("SELECT * FROM numbers(1) JOIN 'x.csv' ON 1", 497)]
    [InlineData("SELECT * FROM default.`data.csv`", 497)]
    [InlineData("DESCRIBE 'x.csv'", 497)]
    [InlineData("SELECT 1 WHERE 1 IN `/etc/passwd`", 497)]
    [InlineData("SELECT * FROM {t:Identifier}", 497)]
    public void Everything_else_is_refused_with_the_code_of_clickhouse(string sql, int code) =>
        Assert.Equal(code, Assert.Throws<QueryRefusedException>(() => _guard.Check(sql)).Code);

    [Theory]
    [InlineData("SELECT 1", null)]
    [InlineData("SELECT 1 FORMAT JSONEachRow", "JSONEachRow")]
    [InlineData("SELECT 1 format CSV;", "CSV")]
    [InlineData("SELECT 1 FORMAT CSV SETTINGS max_threads = 1", "CSV")]
    [InlineData("SELECT 'FORMAT CSV'", null)]
    [InlineData("SELECT 1 AS format", null)]
    public void Format_clause_is_found(string sql, string? format) => Assert.Equal(format, _guard.Check(sql));
}
