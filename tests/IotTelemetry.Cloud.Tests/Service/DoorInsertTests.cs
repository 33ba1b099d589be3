using System.Net;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.ClickHouse.Server;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>Inserts through the door: by the user <c>ingest</c>, into the service's tables.</summary>
[Collection(OneDoor.Name)]
public sealed class DoorInsertTests(DoorFixture fixture)
{
    private readonly ServiceProcess _service = fixture.Service;

    [Theory]
    [InlineData("CSV")]
    [InlineData("JSONEachRow")]
    [InlineData("JSON")]
    [InlineData("Values")]
    [InlineData("Native")]
    [InlineData("RowBinary")]
    [InlineData("Parquet")]
    [InlineData("ArrowStream")]
    [InlineData("ORC")]
    [InlineData("Avro")]
    [InlineData("TSKV")]
    public async Task Rows_come_in_any_format(string format)
    {
        const string Columns = "number AS epoch, toUInt32(202601) AS month, toLowCardinality(concat('a\n\nSELECT ', toString(number))) AS site, toLowCardinality('g') AS gateway, toUInt64(7) AS seq";
        byte[] rows = await _service.Http.GetByteArrayAsync(Address($"?query={Uri.EscapeDataString($"SELECT {Columns} FROM numbers(3) FORMAT {format}")}"));

        using HttpResponseMessage answer = await PostAsync(
            $"?query={Uri.EscapeDataString($"INSERT INTO iot.unfinished (epoch, month, site, gateway, seq) SETTINGS insert_deduplication_token = 'rows {format}' FORMAT {format}")}", rows);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Contains("\"written_rows\":\"3\"", answer.Headers.GetValues("X-ClickHouse-Summary").Single(), StringComparison.Ordinal);
        Assert.NotEqual("0", await _service.QueryAsync("SELECT count() FROM iot.unfinished WHERE site = 'a\\n\\nSELECT 2'"));
    }

    [Fact]
    public async Task Statement_and_rows_come_in_one_body_of_any_length()
    {
        string rows = string.Join('\n', Enumerable.Range(0, 50_000).Select(i => $"long,g,{i},1,1"));

        using HttpResponseMessage answer = await PostAsync("", System.Text.Encoding.UTF8.GetBytes($"INSERT INTO iot.unfinished (site, gateway, epoch, month, seq) FORMAT CSV\n{rows}"));

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal("50000\t1249975000", await _service.QueryAsync("SELECT count(), sum(epoch) FROM iot.unfinished WHERE site = 'long'"));
    }

    [Fact]
    public async Task Engine_over_http_inserts_once_with_a_token()
    {
        await using ServerEngine engine = new(new ServerEngineOptions { Endpoints = [_service.Http.BaseAddress!], UserName = "ingest", Password = "rows", Compression = ServerCompression.Always });
        for (int i = 0; i < 2; i++)
        {
            await engine.InsertAsync("iot.ledger (site, gateway, epoch, seq)", "TSV", "once\tg\t1\t5\nonce\tg\t2\t6\n"u8.ToArray(), "it's a token");
        }

        List<long> counts = [];
        await foreach (NativeBlock block in engine.QueryAsync("SELECT count() AS n FROM iot.ledger WHERE site = {site:String}", new ClickHouseParameters().Add("site", "once")))
        {
            counts.Add((long)(ulong)block["n"].GetValue(0)!);
        }

        Assert.Equal([2L], counts);
    }

    [Theory]
    [InlineData("ingest", "rows", "INSERT INTO iot.schema_migrations VALUES (99, 'x')", HttpStatusCode.Forbidden, "497")]
    [InlineData("ingest", "rows", "INSERT INTO system.one VALUES (1)", HttpStatusCode.Forbidden, "497")]
    [InlineData("ingest", "rows", "INSERT INTO FUNCTION file('/tmp/x.csv') SELECT 1", HttpStatusCode.Forbidden, "497")]
    [InlineData("ingest", "rows", "INSERT INTO iot.unfinished SELECT * FROM url('http://127.0.0.1:1/')", HttpStatusCode.Forbidden, "497")]
    [InlineData("ingest", "rows", "INSERT INTO iot.unfinished SETTINGS log_comment = 'x' VALUES (1)", HttpStatusCode.InternalServerError, "452")]
    [InlineData("ingest", "rows", "DROP TABLE iot.unfinished", HttpStatusCode.InternalServerError, "164")]
    [InlineData("ingest", "rows", "INSERT INTO iot.unfinished FORMAT CSV\n1,2", HttpStatusCode.BadRequest, "27")]
    [InlineData("ingest", "rows", "INSERT INTO iot.nothing FORMAT CSV\n1,2", HttpStatusCode.NotFound, "60")]
    [InlineData("ingest", "wrong", "INSERT INTO iot.unfinished VALUES ('s', 'g', 1, 1, 1)", HttpStatusCode.Forbidden, "516")]
    [InlineData("default", "", "INSERT INTO iot.unfinished VALUES ('s', 'g', 1, 1, 1)", HttpStatusCode.InternalServerError, "164")]
    public async Task Everything_else_is_refused(string user, string password, string sql, HttpStatusCode status, string code)
    {
        using HttpResponseMessage answer = await PostAsync("", System.Text.Encoding.UTF8.GetBytes(sql), user, password);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(code, answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
    }

    [Fact]
    public async Task Get_never_inserts()
    {
        using HttpResponseMessage answer = await _service.Http.GetAsync(Address("?user=ingest&password=rows&query=INSERT+INTO+iot.unfinished+VALUES+('get','g',1,1,1)"));

        Assert.Equal("164", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        Assert.Equal("0", await _service.QueryAsync("SELECT count() FROM iot.unfinished WHERE site = 'get'"));
    }

    private async Task<HttpResponseMessage> PostAsync(string address, byte[] body, string user = "ingest", string password = "rows")
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Address(address)) { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-ClickHouse-User", user);
        request.Headers.Add("X-ClickHouse-Key", password);
        return await _service.Http.SendAsync(request);
    }

    private static Uri Address(string address) => new(address, UriKind.Relative);
}
