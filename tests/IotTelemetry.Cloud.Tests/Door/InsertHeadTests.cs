using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Door.Statements;

namespace IotTelemetry.Cloud.Tests.Door;

public sealed class InsertHeadTests
{
    [Theory]
    [InlineData("INSERT INTO iot.t FORMAT CSV\n1,2\n", "INSERT INTO iot.t", "iot", "t", "CSV", "1,2\n")]
    [InlineData("INSERT INTO iot.t FORMAT CSV \r\n\n1", "INSERT INTO iot.t", "iot", "t", "CSV", "\n1")]
    [InlineData("insert into t (a, b) settings insert_deduplication_token = 'FORMAT x' format JSONEachRow {\"a\": \"'\"}", "insert into t (a, b) settings insert_deduplication_token = 'FORMAT x'", null, "t", "JSONEachRow", "{\"a\": \"'\"}")]
    [InlineData("INSERT INTO TABLE `a b`.`c.d` VALUES (1, 'it''s'), (2, ')')", "INSERT INTO TABLE `a b`.`c.d`", "a b", "c.d", "Values", " (1, 'it''s'), (2, ')')")]
    [InlineData("INSERT INTO iot.t FORMAT Values (1)", "INSERT INTO iot.t", "iot", "t", "Values", "(1)")]
    [InlineData("INSERT INTO iot.t\n", "INSERT INTO iot.t", "iot", "t", "Values", "")]
    [InlineData("INSERT INTO iot.t FORMAT Native", "INSERT INTO iot.t", "iot", "t", "Native", "")]
    [InlineData("INSERT INTO iot.t SELECT a + 1 FROM input('a UInt8') WHERE a IN (VALUES) FORMAT CSV\n'", "INSERT INTO iot.t SELECT a + 1 FROM input('a UInt8') WHERE a IN (VALUES)", "iot", "t", "CSV", "'")]
    [InlineData("INSERT INTO iot.t WITH 1 AS format SELECT input FROM t", "INSERT INTO iot.t WITH 1 AS format SELECT input FROM t", "iot", "t", null, "")]
    [InlineData("/* x */ INSERT INTO iot.t SELECT 1 AS format;", "/* x */ INSERT INTO iot.t SELECT 1 AS format", "iot", "t", null, "")]
    public void Head_ends_where_the_rows_begin(string text, string sql, string? database, string table, string? format, string rows)
    {
        InsertHead head = InsertHead.Read(text);

        Assert.Equal((sql, database, table, format), (head.Sql, head.Database, head.Table, head.Format));
        Assert.Equal(rows, text[head.RowsAt..]);
    }

    [Theory]
    [InlineData("INSERT INTO FUNCTION file('/tmp/x', 'CSV') SELECT 1")]
    [InlineData("INSERT INTO iot.t FROM INFILE '/etc/passwd' FORMAT CSV")]
    [InlineData("INSERT INTO 'x' FORMAT CSV")]
    [InlineData("INSERT")]
    public void Only_tables_are_inserted_into(string text) => Assert.Equal(497, Assert.Throws<QueryRefusedException>(() => InsertHead.Read(text)).Code);

    [Fact]
    public void Semicolon_before_rows_is_an_error() => Assert.Equal(62, Assert.Throws<QueryRefusedException>(() => InsertHead.Read("INSERT INTO t FORMAT CSV; 1")).Code);

    [Fact]
    public void Head_that_has_no_tokens_is_a_syntax_error() => Assert.Equal(62, Assert.Throws<ClickHouseException>(() => InsertHead.Read("INSERT INTO `t FORMAT CSV")).Code);
}
