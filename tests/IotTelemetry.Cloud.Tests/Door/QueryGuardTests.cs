using System.Collections.Frozen;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;

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
    [InlineData("SELECT 1 SETTINGS max_threads = 1, output_format_json_quote_64bit_integers = 1")]
    [InlineData("SELECT settings, max_execution_time FROM (SELECT 1 AS settings, 2 AS max_execution_time) LIMIT 1")]
    [InlineData("SELECT sum(bytes_on_disk) FROM system.parts WHERE database = 'iot'")]
    [InlineData("SHOW CREATE TABLE iot.readings")]
    public void Reading_passes(string sql) => Check(sql);

    [Theory]
    [InlineData("INSERT INTO iot.readings SELECT * FROM iot.readings", 164)]
    [InlineData("DROP TABLE iot.ledger", 164)]
    [InlineData("KILL QUERY WHERE 1", 164)]
    [InlineData("SET readonly = 0", 164)]
    [InlineData("USE system", 164)]
    [InlineData("SELECT 1 SETTINGS readonly = DEFAULT", 164)]
    [InlineData("SELECT 1 SETTINGS max_threads = 1, `readonly`=DEFAULT", 164)]
    [InlineData("WITH 1 AS x INSERT INTO iot.unfinished SELECT 's', 'g', 1, 1, 1", 164)]
    [InlineData("SELECT 1 SETTINGS max_execution_time = 0", 452)]
    [InlineData("SELECT 1 SETTINGS max_threads = 1, max_memory_usage = 99999999999999", 452)]
    [InlineData("SELECT * FROM (SELECT 1 SETTINGS log_comment = 'x')", 452)]
    [InlineData("SELECT 1 SETTINGS max_memory_usage = DEFAULT", 452)]
    [InlineData("SELECT 1 FORMAT CSV SETTINGS output_format_schema = '/tmp/x'", 452)]
    [InlineData("SELECT 1 SETTINGS format_avro_schema_registry_url = 'http://127.0.0.1'", 452)]
    [InlineData("SELECT * FROM system.processes", 497)]
    [InlineData("SELECT * FROM `system` . \"users\"", 497)]
    [InlineData("SHOW PROCESSLIST", 497)]
    [InlineData("SHOW CREATE USER default", 497)]
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
        Assert.Equal(code, CodeOf(Assert.ThrowsAny<Exception>(() => Check(sql))));

    [Theory]
    [InlineData("SELECT 1", null)]
    [InlineData("SELECT 1 FORMAT JSONEachRow", "JSONEachRow")]
    [InlineData("SELECT 1 format CSV;", "CSV")]
    [InlineData("SELECT 1 FORMAT CSV SETTINGS max_threads = 1", "CSV")]
    [InlineData("SELECT 'FORMAT CSV'", null)]
    [InlineData("SELECT 1 AS format", null)]
    public void Format_clause_is_found(string sql, string? format) => Assert.Equal(format, Check(sql));

    private static int CodeOf(Exception refusal) => refusal is QueryRefusedException refused ? refused.Code : Assert.IsType<ClickHouseException>(refusal).Code;

    private string? Check(string sql) => _guard.Check(QueryGuard.Split(sql), DoorUser.OfThisMachine[0]);
}
