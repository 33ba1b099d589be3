using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Server;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>ClickHouse's HTTP interface, as far as readers get it.</summary>
[Collection(OneDoor.Name)]
public sealed class DoorTests(DoorFixture fixture)
{
    private readonly ServiceProcess _service = fixture.Service;

    [Fact]
    public async Task Ping_answers_as_clickhouse_does()
    {
        Assert.Equal("Ok.\n", await _service.Http.GetStringAsync(Relative("ping")));
        Assert.Equal("Ok.\n", await _service.Http.GetStringAsync(Relative("replicas_status")));
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
        Assert.True(answer.IsSuccessStatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync());

        // ClickHouse's clients read the error out of the answer.
        await using ServerEngine engine = new(new ServerEngineOptions { Endpoints = [_service.Http.BaseAddress!], MaximumAttempts = 1 });
        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(
            () => engine.QueryAsync("SELECT throwIf(number = 5000000) FROM numbers(10000000) SETTINGS max_threads = 1, max_block_size = 1000", "JSON", Stream.Null));
        Assert.Equal(395, error.Code);

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

    [Theory]
    [InlineData("JSON", "application/json")]
    [InlineData("Parquet&output_format_parquet_row_group_size=50000&output_format_parquet_compression_method=none", "application/octet-stream")]
    public async Task Ten_million_rows_of_any_format_pass_with_flat_memory(string format, string type)
    {
        // More than a gigabyte. One that is a tenth as long, first: what the format needs anyway is in use then.
        await DownloadAsync(1_000_000);
        long before = _service.TakePeakMemory();
        before = Math.Max(before, _service.TakePeakMemory());

        long bytes = await DownloadAsync(10_000_000);

        Assert.InRange(bytes, 1_000_000_000, long.MaxValue);
        Assert.InRange(_service.TakePeakMemory() - before, long.MinValue, 400L << 20);

        async Task<long> DownloadAsync(int rows)
        {
            using HttpResponseMessage answer = await _service.Http.GetAsync(
                Relative($"?query=SELECT+number,randomPrintableASCII(100)+AS+text+FROM+numbers({rows})&default_format={format}"), HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
            await using Stream body = await answer.Content.ReadAsStreamAsync();
            byte[] buffer = new byte[1 << 20];
            long bytes = 0;
            for (int read; (read = await body.ReadAsync(buffer)) > 0; bytes += read)
            {
            }

            return bytes;
        }
    }

    [Fact]
    public async Task Over_tls_a_password_is_needed_and_nothing_but_the_door_and_the_api_is_there()
    {
        Uri address = new($"https://127.0.0.1:{_service.HttpsPort}/");
        ServerEngineOptions options = new() { Endpoints = [address], CertificateAuthorityFile = fixture.CertificateFile, MaximumAttempts = 1 };
        await using ServerEngine named = new(options with { UserName = "analyst", Password = "analyst's" });
        using MemoryStream one = new();
        await named.QueryAsync("SELECT 1", "TSV", one);
        Assert.Equal("1\n"u8.ToArray(), one.ToArray());

        await using ServerEngine nobody = new(options);
        Assert.Equal(194, (await Assert.ThrowsAsync<ClickHouseException>(() => nobody.QueryAsync("SELECT 1", "TSV", Stream.Null))).Code);
        await using ServerEngine passwordless = new(options with { UserName = "default", Password = "" });
        Assert.Equal(516, (await Assert.ThrowsAsync<ClickHouseException>(() => passwordless.QueryAsync("SELECT 1", "TSV", Stream.Null))).Code);

        using HttpClientHandler trusting = new() { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate!.ExportCertificatePem() == File.ReadAllText(fixture.CertificateFile) };
        using HttpClient http = new(trusting) { BaseAddress = address };
        Assert.Equal("Ok.\n", await http.GetStringAsync(Relative("ping")));
        using HttpResponseMessage status = await http.GetAsync(Relative("status"));
        Assert.Equal(HttpStatusCode.NotFound, status.StatusCode);
        using HttpResponseMessage stranger = await http.GetAsync(Relative("api/assets"));
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("analyst:analyst's"u8));
        using HttpResponseMessage assets = await http.GetAsync(Relative("api/assets"));
        Assert.Equal(HttpStatusCode.OK, assets.StatusCode);
    }

    [Fact]
    public async Task Command_prints_a_table_or_any_format_and_tells_errors()
    {
        (int exit, string output, string errors) = await AskAsync("SELECT number AS n, 'x' AS s FROM numbers(2)");
        Assert.Equal((0, ""), (exit, errors));
        Assert.Contains("2 rows", output, StringComparison.Ordinal);
        Assert.Equal((0, "0,\"x\"\n1,\"x\"\n", ""), await AskAsync("SELECT number, 'x' FROM numbers(2) FORMAT CSV"));
        Assert.Equal((0, "7\n", ""), await AskAsync("SELECT {n:UInt8} + 1", "--format", "TSV", "--param", "n=6"));
        (exit, _, errors) = await AskAsync("SELECT throwIf(number = 5000000) FROM numbers(10000000) SETTINGS max_threads = 1", "--format", "JSON");
        Assert.Equal(4, exit);
        Assert.Contains("Code: 395.", errors, StringComparison.Ordinal);
        (exit, _, errors) = await AskAsync("SELECT 1", "--user", "analyst");
        Assert.Equal(4, exit);
        Assert.Contains("Code: 516.", errors, StringComparison.Ordinal);
    }

    private async Task<(int Exit, string Output, string Errors)> AskAsync(string sql, params string[] options)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "iot-cloud.dll"), "query", sql, "--url", _service.Http.BaseAddress!.AbsoluteUri, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, output, await errors);
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
