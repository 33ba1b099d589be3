using System.Globalization;
using System.Net;
using System.Text.Json;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>ClickHouse's HTTP interface, as far as readers get it.</summary>
public sealed class DoorTests(DoorFixture fixture) : IClassFixture<DoorFixture>
{
    private readonly ServiceProcess _service = fixture.Service;

    [Fact]
    public async Task Ping_answers_as_clickhouse_does()
    {
        Assert.Equal("Ok.\n", await _service.Http.GetStringAsync(Relative("ping")));
        Assert.Equal("Ok.\n", await _service.Http.GetStringAsync(Relative("")));
    }

    [Fact]
    public async Task Query_comes_in_the_address_the_body_or_both()
    {
        Assert.Equal("1\n", await _service.Http.GetStringAsync(Relative("?query=SELECT+1")));
        Assert.Equal("2", await _service.QueryAsync("SELECT 2;\n"));
        using StringContent rest = new("number FROM numbers(2) FORMAT CSV");
        using HttpResponseMessage answer = await _service.Http.PostAsync(Relative("?query=SELECT"), rest);
        Assert.Equal("0\n1\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal("CSV", answer.Headers.GetValues("X-ClickHouse-Format").Single());
    }

    [Fact]
    public async Task Default_format_and_parameters_are_honoured()
    {
        using HttpResponseMessage answer = await _service.Http.GetAsync(Relative(
            "?default_format=JSONEachRow&query_id=my-query&param_t=a%27b&param_n=41&query=SELECT+{t:String}+AS+t,+{n:UInt8}%2B1+AS+n"));
        Assert.Equal("{\"t\":\"a'b\",\"n\":42}\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal("my-query", answer.Headers.GetValues("X-ClickHouse-Query-Id").Single());
        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("SELECT x FROM iot.nothing", HttpStatusCode.NotFound, 60, "UNKNOWN_TABLE")]
    [InlineData("SELECT FROM WHERE", HttpStatusCode.BadRequest, 62, "SYNTAX_ERROR")]
    [InlineData("SELECT 1 SETTINGS readonly = 0", HttpStatusCode.InternalServerError, 164, "READONLY")]
    [InlineData("TRUNCATE TABLE iot.ledger", HttpStatusCode.InternalServerError, 164, "READONLY")]
    [InlineData("EXPLAIN SELECT * FROM url('http://127.0.0.1:1/', CSV, 'a UInt8')", HttpStatusCode.Forbidden, 497, "ACCESS_DENIED")]
    [InlineData("SELECT * FROM fileCluster('c', '/etc/passwd', 'LineAsString')", HttpStatusCode.Forbidden, 497, "ACCESS_DENIED")]
    public async Task Error_has_the_text_the_code_and_the_status_of_clickhouse(string sql, HttpStatusCode status, int code, string name)
    {
        using StringContent body = new(sql);
        using HttpResponseMessage answer = await _service.Http.PostAsync(Relative(""), body);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(code.ToString(CultureInfo.InvariantCulture), answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        Assert.StartsWith($"Code: {code}. DB::Exception: ", text, StringComparison.Ordinal);
        Assert.Contains($"({name})", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_setting_in_the_address_is_refused_and_a_known_one_taken()
    {
        using HttpResponseMessage refused = await _service.Http.GetAsync(Relative("?allow_ddl=1&query=SELECT+1"));
        Assert.Equal("452", refused.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        Assert.Equal("1\n", await _service.Http.GetStringAsync(Relative("?max_threads=1&query=SELECT+getSetting('max_threads')")));
    }

    [Fact]
    public async Task Result_streams_and_is_whole()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Relative("?query=SELECT+number+FROM+numbers(3000000)+FORMAT+RowBinary"));
        using HttpResponseMessage answer = await _service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[1 << 20];
        long bytes = 0;
        for (int read; (read = await body.ReadAsync(buffer)) > 0; bytes += read)
        {
        }

        Assert.Equal(24_000_000, bytes);
    }

    [Fact]
    public async Task Query_that_fails_in_mid_stream_is_not_taken_for_whole()
    {
        using HttpRequestMessage request = new(
            HttpMethod.Get, Relative("?max_threads=1&max_block_size=1000&query=SELECT+throwIf(number=5000000)+FROM+numbers(10000000)+FORMAT+TSV"));
        using HttpResponseMessage answer = await _service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (answer.IsSuccessStatusCode)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync());
        }

        // The door lives on.
        Assert.Equal("1", await _service.QueryAsync("SELECT 1"));
    }

    [Fact]
    public async Task Host_that_is_not_this_machine_is_not_served()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Relative("?query=SELECT+1"));
        request.Headers.Host = "rebound.example";
        using HttpResponseMessage answer = await _service.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Status_and_health_are_json()
    {
        using JsonDocument status = JsonDocument.Parse(await _service.Http.GetStringAsync(Relative("status")));
        foreach (string name in (string[])[
            "gatewaysOnline", "readingsReceived", "rowsStored", "framesReceived", "framesStored", "framesInFlight", "framesDuplicate", "framesRejected", "lagMs", "storedP50Ms", "storedP99Ms"])
        {
            Assert.True(status.RootElement.TryGetProperty(name, out _), name);
        }

        foreach ((string address, string well) in ((string, string)[])[("health", "ready"), ("health/ready", "ready"), ("health/live", "live")])
        {
            using JsonDocument health = JsonDocument.Parse(await _service.Http.GetStringAsync(Relative(address)));
            Assert.Equal(well, health.RootElement.GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task Metrics_are_text_for_prometheus()
    {
        using HttpResponseMessage answer = await _service.Http.GetAsync(Relative("metrics"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        string text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("# TYPE iot_frames_received_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("\niot_partitions_held 64\n", text, StringComparison.Ordinal);
        Assert.Contains("\nmqtt_connections ", text, StringComparison.Ordinal);
    }

    private static Uri Relative(string address) => new(address, UriKind.Relative);
}
