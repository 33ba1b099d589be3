using System.Net;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>Sessions, limits and what a client may wish for its answer.</summary>
[Collection(OneDoor.Name)]
public sealed class DoorSessionTests(DoorFixture fixture)
{
    private readonly ServiceProcess _service = fixture.Service;

    [Fact]
    public async Task Session_keeps_its_temporary_tables_settings_and_database_to_itself()
    {
        await TextAsync("?session_id=kept", "CREATE TEMPORARY TABLE mine (n UInt64)");
        await TextAsync("?session_id=kept", "INSERT INTO mine VALUES (1), (2)");
        await TextAsync("?session_id=kept", "INSERT INTO mine SELECT 3");
        await TextAsync("?session_id=kept", "SET max_threads = 1, join_use_nulls = 1");
        await TextAsync("?session_id=kept", "USE iot");

        Assert.Equal("6\t1\tiot\n", await TextAsync("?session_id=kept", "SELECT sum(n), getSetting('max_threads'), currentDatabase() FROM mine"));
        Assert.Equal("3\t2\n", await TextAsync("?session_id=kept&max_threads=2", "SELECT count(), getSetting('max_threads') FROM mine"));
        Assert.Equal("1\n", await TextAsync("?session_id=kept", "SELECT getSetting('max_threads')"));
        Assert.StartsWith("Code: 60.", await TextAsync("?session_id=other", "SELECT * FROM mine"), StringComparison.Ordinal);
        Assert.StartsWith("Code: 60.", await TextAsync("", "SELECT * FROM mine"), StringComparison.Ordinal);
        Assert.Equal("default\n", await TextAsync("", "SELECT currentDatabase()"));
        Assert.Equal("", await TextAsync("?session_id=kept", "DROP TEMPORARY TABLE mine"));
    }

    [Theory]
    [InlineData("?session_id=absent&session_check=1", "SELECT 1", 372)]
    [InlineData("?session_id=x&session_timeout=100000", "SELECT 1", 374)]
    [InlineData("?session_id=x", "CREATE TEMPORARY TABLE t (a UInt8) ENGINE = File(CSV)", 497)]
    [InlineData("?session_id=x", "CREATE TEMPORARY TABLE t AS SELECT * FROM url('http://127.0.0.1:1/')", 497)]
    [InlineData("?session_id=x", "CREATE TABLE t (a UInt8) ENGINE = Memory", 164)]
    [InlineData("?session_id=x", "INSERT INTO iot.unfinished VALUES (1)", 164)]
    [InlineData("?session_id=x&database=iot", "INSERT INTO unfinished VALUES ('s', 'g', 1, 1, 1)", 164)]
    [InlineData("?session_id=x", "SET max_memory_usage = 0", 452)]
    [InlineData("?session_id=x", "SET readonly = DEFAULT", 164)]
    [InlineData("?session_id=x", "SET log_comment = 'x'", 452)]
    [InlineData("?session_id=x", "USE system", 497)]
    [InlineData("?session_id=x", "USE nothing", 81)]
    [InlineData("", "CREATE TEMPORARY TABLE t (a UInt8)", 164)]
    [InlineData("?database=system", "SELECT * FROM processes", 497)]
    [InlineData("?max_execution_time=0", "SELECT 1", 452)]
    [InlineData("?max_memory_usage=999999999999", "SELECT 1", 452)]
    [InlineData("", "SELECT aiGenerate('x')", 497)]
    [InlineData("?compress=1", "SELECT 1", 36)]
    [InlineData("?decompress=1", "SELECT 1", 36)]
    public async Task What_would_leave_the_session_or_the_limits_is_refused(string address, string sql, int code) =>
        Assert.StartsWith($"Code: {code}.", await TextAsync(address, sql), StringComparison.Ordinal);

    [Fact]
    public async Task Session_that_a_statement_has_is_locked_and_its_statement_can_be_killed()
    {
        Task<string> endless = TextAsync("?session_id=busy&query_id=endless", "SELECT count() FROM system.numbers WHERE sipHash64(number) = 1");
        await _service.WaitForAsync("doorStatements", 1);
        string answer = "";
        for (int i = 0; i < 1000 && !answer.StartsWith("Code: 373.", StringComparison.Ordinal); i++)
        {
            answer = await TextAsync("?session_id=busy&session_check=1", "SELECT 1"); // 372 until the statement has its session
        }

        Assert.StartsWith("Code: 373.", answer, StringComparison.Ordinal);
        Assert.StartsWith("Code: 216.", await TextAsync("?query_id=endless", "SELECT 1"), StringComparison.Ordinal);
        Assert.Equal("", await TextAsync("", "KILL QUERY WHERE query_id = 'absent'"));
        Assert.StartsWith("waiting\tendless\tdefault", await TextAsync("", "KILL QUERY WHERE query_id = 'endless' ASYNC"), StringComparison.Ordinal);
        Assert.StartsWith("Code: 394.", await endless, StringComparison.Ordinal);
        Assert.Equal("1\n", await TextAsync("?session_id=busy&session_check=1", "SELECT 1"));
    }

    [Fact]
    public async Task More_statements_at_once_than_allowed_are_refused()
    {
        using CancellationTokenSource stop = new();
        Task[] endless = [.. Enumerable.Range(0, 2).Select(_ => PostAsync("?user=pair", "SELECT count() FROM system.numbers WHERE sipHash64(number) = 1", stop.Token))];
        await _service.WaitForAsync("doorStatements", 2);

        Assert.StartsWith("Code: 202.", await TextAsync("?user=pair", "SELECT 1"), StringComparison.Ordinal);

        await stop.CancelAsync();
        await Task.WhenAll(endless).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task Runaway_is_stopped_by_its_limit_with_a_clear_error()
    {
        using HttpResponseMessage answer = await PostAsync("?user=hurried", "SELECT count() FROM system.numbers WHERE sipHash64(number) = 1", CancellationToken.None);

        Assert.Equal(HttpStatusCode.RequestTimeout, answer.StatusCode);
        Assert.StartsWith("Code: 159. DB::Exception: Timeout exceeded", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_that_goes_away_ends_its_statement()
    {
        using CancellationTokenSource away = new();
        Task<HttpResponseMessage> silent = PostAsync("", "SELECT count() FROM system.numbers WHERE sipHash64(number) = 1", away.Token);
        using HttpResponseMessage pausing = await PostAsync("", "SELECT number FROM system.numbers FORMAT RowBinary", CancellationToken.None);
        await _service.WaitForAsync("doorStatements", 2);

        pausing.Dispose();
        await away.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silent);
        await _service.WaitForAsync("doorStatements", 0);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Both_ways_may_be_compressed(string encoding)
    {
        using MemoryStream body = new();
        await using (Stream compressing = Compressing(body, encoding))
        {
            await compressing.WriteAsync("SELECT number FROM numbers(100000)"u8.ToArray());
        }

        using HttpRequestMessage request = new(HttpMethod.Post, Address("?enable_http_compression=1")) { Content = new ByteArrayContent(body.ToArray()) };
        request.Content.Headers.ContentEncoding.Add(encoding);
        request.Headers.AcceptEncoding.Add(new(encoding));
        using HttpResponseMessage answer = await _service.Http.SendAsync(request);

        Assert.Equal(encoding, answer.Content.Headers.ContentEncoding.Single());
        await using Stream decompressing = Decompressing(await answer.Content.ReadAsStreamAsync(), encoding);
        using StreamReader text = new(decompressing);
        Assert.Equal(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n")), await text.ReadToEndAsync());
    }

    [Fact]
    public async Task Progress_and_summary_are_in_the_headers()
    {
        using HttpResponseMessage answer = await PostAsync(
            "?send_progress_in_http_headers=1&http_headers_progress_interval_ms=10&wait_end_of_query=1", "SELECT count() FROM numbers(50000000) WHERE sipHash64(number) = 1", CancellationToken.None);

        Assert.Contains("\"total_rows_to_read\":\"50000000\"", answer.Headers.GetValues("X-ClickHouse-Progress").Last(), StringComparison.Ordinal);
        Assert.Contains("\"read_rows\":\"50000000\"", answer.Headers.GetValues("X-ClickHouse-Summary").Single(), StringComparison.Ordinal);
        Assert.Equal("UTC", answer.Headers.GetValues("X-ClickHouse-Timezone").Single());
        Assert.NotEmpty(answer.Headers.GetValues("X-ClickHouse-Server-Display-Name").Single());
    }

    [Fact]
    public async Task Waiting_for_the_end_gives_a_late_error_its_status()
    {
        const string Sql = "SELECT throwIf(number = 5000000) FROM numbers(10000000) SETTINGS max_threads = 1";
        using HttpResponseMessage answer = await PostAsync("?wait_end_of_query=1", Sql, CancellationToken.None);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("395", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        Assert.Equal(6_888_890, (await TextAsync("?wait_end_of_query=1", "SELECT number FROM numbers(1000000)")).Length);
    }

    [Fact]
    public async Task Basic_authentication_is_taken_and_two_ways_at_once_are_not()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Address("")) { Content = new StringContent("SELECT 1") };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String("analyst:analyst's"u8));
        using HttpResponseMessage right = await _service.Http.SendAsync(request);
        Assert.Equal("1\n", await right.Content.ReadAsStringAsync());

        using HttpRequestMessage both = new(HttpMethod.Post, Address("?user=analyst")) { Content = new StringContent("SELECT 1") };
        both.Headers.Authorization = request.Headers.Authorization;
        using HttpResponseMessage refused = await _service.Http.SendAsync(both);
        Assert.Equal("516", refused.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
    }

    private static Uri Address(string address) => new(address, UriKind.Relative);

    private static Stream Compressing(Stream stream, string encoding) => encoding switch
    {
        "gzip" => new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionMode.Compress, leaveOpen: true),
        "br" => new System.IO.Compression.BrotliStream(stream, System.IO.Compression.CompressionMode.Compress, leaveOpen: true),
        _ => new System.IO.Compression.ZLibStream(stream, System.IO.Compression.CompressionMode.Compress, leaveOpen: true),
    };

    private static Stream Decompressing(Stream stream, string encoding) => encoding switch
    {
        "gzip" => new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionMode.Decompress),
        "br" => new System.IO.Compression.BrotliStream(stream, System.IO.Compression.CompressionMode.Decompress),
        _ => new System.IO.Compression.ZLibStream(stream, System.IO.Compression.CompressionMode.Decompress),
    };

    private async Task<HttpResponseMessage> PostAsync(string address, string sql, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Address(address)) { Content = new StringContent(sql) };
        return await _service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private async Task<string> TextAsync(string address, string sql)
    {
        using HttpResponseMessage answer = await PostAsync(address, sql, CancellationToken.None);
        return await answer.Content.ReadAsStringAsync();
    }
}
