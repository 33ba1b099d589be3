using System.Net.Http.Json;
using System.Text.Json;

namespace IotTelemetry.Demo;

/// <summary>A running cloud service: <c>iot-cloud serve</c> and its doors.</summary>
public sealed class CloudService : IAsyncDisposable
{
    private readonly ManagedProgram _program;
    private readonly HttpClient _http;

    private CloudService(ManagedProgram program, string mqtt, string http)
    {
        _program = program;
        Mqtt = mqtt;
        Http = http;
        _http = new HttpClient { BaseAddress = new Uri($"http://{http}/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Address and port of the broker, for example <c>127.0.0.1:1883</c>.</summary>
    public string Mqtt { get; }

    /// <summary>Address and port of the HTTP door.</summary>
    public string Http { get; }

    /// <summary>Starts the service and returns when it says that it listens. Port 0 takes a free one.</summary>
    public static async Task<CloudService> StartAsync(
        string directory, CancellationToken cancellationToken, string mqtt = "127.0.0.1:0", string http = "127.0.0.1:0")
    {
        var program = ManagedProgram.Start(
            "iot-cloud", Path.Combine(directory, "iot-cloud.log"), Checkout.Cloud, "serve", "--data", Path.Combine(directory, "clickhouse"), "--mqtt", mqtt, "--http", http);
        try
        {
            // "listening mqtt=ADDRESS:PORT http=ADDRESS:PORT"
            var line = await program.WaitForLineAsync("listening ", TimeSpan.FromSeconds(60), cancellationToken).ConfigureAwait(false);
            var addresses = line.Split(' ').Skip(1).Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
            return new CloudService(program, addresses["mqtt"], addresses["http"]);
        }
        catch
        {
            await program.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The counters of <c>GET /status</c>.</summary>
    public async Task<CloudStatus> StatusAsync(CancellationToken cancellationToken) =>
        await _http.GetFromJsonAsync<CloudStatus>("status", cancellationToken).ConfigureAwait(false)
        ?? throw new InvalidDataException($"http://{Http}/status answered nothing");

    /// <summary>Runs a query through the analysts' door; one array of values a row.</summary>
    public async Task<JsonElement[][]> QueryAsync(string sql, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync("?default_format=JSONCompactEachRow&output_format_json_quote_64bit_integers=0", sql, cancellationToken).ConfigureAwait(false);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"the query was refused ({(int)answer.StatusCode}): {text}{Environment.NewLine}{sql}");
        }

        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement[]>(line)!)];
    }

    private async Task<HttpResponseMessage> PostAsync(string address, string body, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.PostAsync(address, new StringContent(body), cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException away)
        {
            throw new InvalidOperationException($"http://{Http} does not answer ({away.Message}). {_program.Tail()}", away);
        }
    }

    /// <summary>The whole numbers in the one row that a query returns.</summary>
    public async Task<long[]> QueryNumbersAsync(string sql, CancellationToken cancellationToken)
    {
        var rows = await QueryAsync(sql, cancellationToken).ConfigureAwait(false);
        return [.. rows.Single().Select(value => value.ValueKind == JsonValueKind.String
            ? long.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
            : value.GetInt64())];
    }

    /// <summary>SIGTERM: the service stores what it has and ends; returns its exit status.</summary>
    public Task<int> StopAsync() => _program.StopAsync(TimeSpan.FromSeconds(20));

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _program.KillAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _program.DisposeAsync().ConfigureAwait(false);
    }
}
