using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.ClickHouse.Server;

namespace IotTelemetry.ClickHouse.Tests.Server;

public sealed class ServerEngineTests
{
    private const string Tag = "dngjzjnxkvlwkeua";
    private const string TagHeader = $"X-ClickHouse-Exception-Tag: {Tag}\r\n";
    private const string OldError = "Code: 60, e.displayText() = DB::Exception: Table default.t doesn't exist., e.what() = DB::Exception\n";
    private const string NewError = "Code: 60. DB::Exception: Unknown table. (UNKNOWN_TABLE) (version 26.7.3.1 (official build))\n";

    [Theory]
    [InlineData(404, NewError, ClickHouseErrors.UnknownTable, false)]
    [InlineData(500, OldError, ClickHouseErrors.UnknownTable, false)]
    [InlineData(500, "Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED) (version 26.7.3.1)", ClickHouseErrors.MemoryLimitExceeded, true)]
    [InlineData(503, "upstream is away", 0, true)]
    [InlineData(401, "who are you?", 0, false)]
    public async Task Refusal_carries_the_code_and_whether_waiting_may_help(int status, string body, int code, bool transient)
    {
        await using ScriptedServer server = new(ScriptedServer.Status(status, body));
        await using ServerEngine engine = Engine(1, server.Endpoint);

        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() => engine.ExecuteAsync("SELECT 1"));

        Assert.Equal((code, transient), (error.Code, error.IsTransient));
        Assert.Contains(body.Trim(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_drops_connections_as_soon_as_it_has_them_is_away_and_nothing_else()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using CancellationTokenSource ended = new();
        Task dropping = Task.Run(async () =>
        {
            while (true)
            {
                using Socket taken = await listener.AcceptSocketAsync(ended.Token);
                taken.LingerState = new LingerOption(true, 0); // A reset, which the client may see before it has sent anything.
            }
        });
        await using ServerEngine engine = new(new ServerEngineOptions { Endpoints = [new Uri($"http://{listener.LocalEndpoint}/")], MaximumAttempts = 1 });
        for (int i = 0; i < 300; i++)
        {
            ClickHouseException away = await Assert.ThrowsAsync<ClickHouseException>(() => engine.ExecuteAsync("SELECT 1"));
            Assert.True(away.IsTransient, away.ToString());
        }

        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dropping);
    }

    [Fact]
    public async Task Error_in_mid_stream_with_a_tag_is_an_error_and_no_byte_of_it_is_passed_on()
    {
        string text = $"row 1\nrow 2\n\r\n__exception__\r\n{Tag}\r\n{NewError}{NewError.Length - 1} {Tag}\r\n__exception__\r\n";
        await using ScriptedServer server = new(ScriptedServer.Cut(text, TagHeader));
        await using ServerEngine engine = Engine(1, server.Endpoint);
        using MemoryStream output = new();

        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() => engine.QueryAsync("SELECT 1", "TSV", output));

        Assert.Equal(ClickHouseErrors.UnknownTable, error.Code);
        Assert.EndsWith("(official build))", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("exception", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("row 1\n" + OldError)]
    [InlineData("row 1\n__exception__\n" + NewError)]
    public async Task Error_in_mid_stream_of_an_older_server_is_found_at_the_end(string body)
    {
        await using ScriptedServer server = new(ScriptedServer.Chunked(body), ScriptedServer.Cut(body));
        await using ServerEngine engine = Engine(1, server.Endpoint);

        Assert.Equal(60, (await Assert.ThrowsAsync<ClickHouseException>(() => engine.TextAsync("SELECT 1"))).Code);
        Assert.Equal(60, (await Assert.ThrowsAsync<ClickHouseException>(() => engine.TextAsync("SELECT 1"))).Code);
    }

    [Fact]
    public async Task Rows_that_quote_an_error_are_not_an_error_when_the_server_tags_its_own()
    {
        await using ScriptedServer server = new(ScriptedServer.Chunked(NewError, TagHeader));
        await using ServerEngine engine = Engine(1, server.Endpoint);

        Assert.Equal(NewError, await engine.TextAsync("SELECT message FROM log"));
    }

    [Fact]
    public async Task Answer_that_is_cut_off_is_a_transient_error()
    {
        await using ScriptedServer server = new(ScriptedServer.Cut("row 1\n"));
        await using ServerEngine engine = Engine(1, server.Endpoint);

        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() => engine.TextAsync("SELECT 1"));

        Assert.True(error.IsTransient);
        Assert.Contains("broke off", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Native_answer_that_ends_inside_a_block_is_an_error()
    {
        // 1 column, 2 rows, "a", "UInt8", and only one value.
        await using ScriptedServer server = new(ScriptedServer.Ok("\u0001\u0002\u0001a\u0005UInt8\u0007"));
        await using ServerEngine engine = Engine(1, server.Endpoint);

        await Assert.ThrowsAsync<NativeFormatException>(async () =>
        {
            await foreach (NativeBlock block in engine.QueryAsync("SELECT a"))
            {
                Assert.Fail($"{block.Rows} rows");
            }
        });
    }

    [Fact]
    public async Task Insert_is_repeated_with_the_same_bytes_and_token()
    {
        await using ScriptedServer server = new("", ScriptedServer.Status(500, "Code: 252. DB::Exception: Too many parts. (TOO_MANY_PARTS) (version 26.7)"), ScriptedServer.Ok(""));
        await using ServerEngine engine = Engine(5, server.Endpoint);

        await engine.InsertAsync("iot.readings", Block(3), "batch 7");

        Assert.Equal(3, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => Convert.ToHexString(request.Body)).Distinct());
        Assert.All(server.Requests, request => Assert.Contains("insert_deduplication_token=batch%207", request.Head, StringComparison.Ordinal));
        Assert.All(server.Requests, request => Assert.Contains("deduplicate_blocks_in_dependent_materialized_views=1", request.Head, StringComparison.Ordinal));
        Assert.All(server.Requests, request => Assert.Contains("query=INSERT%20INTO%20%60iot%60.%60readings%60%20%28%60a%60%29%20FORMAT%20Native", request.Head, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Insert_without_a_token_is_not_repeated_when_it_may_have_been_stored()
    {
        await using ScriptedServer server = new("", ScriptedServer.Ok(""));
        await using ServerEngine engine = Engine(5, server.Endpoint);

        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() => engine.InsertAsync("t", Block(3)));

        Assert.True(error.IsTransient);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Replica_that_refuses_is_passed_over()
    {
        await using ScriptedServer server = new([.. Enumerable.Repeat(ScriptedServer.Ok("1\n"), 6)]);
        await using ServerEngine engine = Engine(3, UnusedEndpoint(), server.Endpoint);

        for (int i = 0; i < 6; i++)
        {
            Assert.Equal("1\n", await engine.TextAsync("SELECT 1"));
        }

        Assert.Equal(6, server.Requests.Count);
    }

    [Fact]
    public async Task Error_after_the_last_attempt_names_the_server()
    {
        Uri endpoint = UnusedEndpoint();
        await using ServerEngine engine = Engine(2, endpoint);

        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() => engine.ExecuteAsync("SELECT 1"));

        Assert.True(error.IsTransient);
        Assert.Contains($"{endpoint} cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_server_is_given_up_on()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start(); // takes connections and says nothing
        await using ServerEngine engine = new(new ServerEngineOptions
        {
            Endpoints = [new Uri($"http://{listener.LocalEndpoint}/")],
            MaximumAttempts = 1,
            ResponseTimeout = TimeSpan.FromSeconds(1),
        });

        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() => engine.ExecuteAsync("SELECT 1"));

        Assert.Contains("was silent for 1 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_is_a_cancellation_and_not_an_error_of_the_server()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        await using ServerEngine engine = Engine(5, new Uri($"http://{listener.LocalEndpoint}/"));
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.ExecuteAsync("SELECT 1", null, stop.Token));
    }

    [Fact]
    public async Task User_password_database_settings_and_parameters_are_sent()
    {
        await using ScriptedServer server = new(ScriptedServer.Ok(""));
        await using ServerEngine engine = new(new ServerEngineOptions { Endpoints = [server.Endpoint], UserName = "ada", Password = "p&w", Database = "iot", MaximumAttempts = 1 });

        await engine.TextAsync("SELECT {a:String}", parameters: new ClickHouseParameters().Add("a", "x\ty"), settings: new Dictionary<string, string> { ["max_threads"] = "1" });

        (string head, byte[] body) = Assert.Single(server.Requests);
        Assert.Contains("X-ClickHouse-User: ada", head, StringComparison.Ordinal);
        Assert.Contains("X-ClickHouse-Key: p&w", head, StringComparison.Ordinal);
        Assert.Contains("X-ClickHouse-Database: iot", head, StringComparison.Ordinal);
        Assert.Contains("param_a=x%5Cty", head, StringComparison.Ordinal);
        Assert.Contains("max_threads=1", head, StringComparison.Ordinal);
        Assert.Contains("async_insert=0", head, StringComparison.Ordinal);
        Assert.Equal("SELECT {a:String}", Encoding.UTF8.GetString(body));
    }

    [Fact]
    public async Task Compressed_insert_is_gzip_and_says_so()
    {
        await using ScriptedServer server = new(ScriptedServer.Ok(""));
        await using ServerEngine engine = new(new ServerEngineOptions { Endpoints = [server.Endpoint], Compression = ServerCompression.Always, Token = "abc", MaximumAttempts = 1 });

        await engine.InsertAsync("t (a)", "TSV", "1\n2\n"u8.ToArray());

        (string head, byte[] body) = Assert.Single(server.Requests);
        Assert.Contains("Content-Encoding: gzip", head, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer abc", head, StringComparison.Ordinal);
        using GZipStream gzip = new(new MemoryStream(body), CompressionMode.Decompress);
        using StreamReader reader = new(gzip);
        Assert.Equal("1\n2\n", await reader.ReadToEndAsync());
    }

    [Fact]
    public void Token_and_password_together_are_refused() => Assert.Contains(
        "a token or user and password, not both",
        Assert.Throws<ArgumentException>(() => new ServerEngine(new ServerEngineOptions { Endpoints = [new Uri("http://localhost")], Token = "t", UserName = "u" })).Message,
        StringComparison.Ordinal);

    private static ServerEngine Engine(int attempts, params Uri[] endpoints) =>
        new(new ServerEngineOptions { Endpoints = endpoints, MaximumAttempts = attempts, RetryDelay = TimeSpan.FromMilliseconds(1) });

    private static NativeBlock Block(byte value)
    {
        NativeBlock block = new();
        block.Add<ValueColumn<byte>>("a", "UInt8").Append(value);
        return block;
    }

    private static Uri UnusedEndpoint() => new($"http://127.0.0.1:{FreePort.Take()}/");
}
