using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Door;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Schema;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Benchmarks.Door;

/// <summary>The door before an engine of this process, on a free port, and clients of it.</summary>
internal sealed class DoorUnderTest : IAsyncDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly WebApplication _app;
    private readonly DoorService _door;
    private readonly HttpClient _http;

    private DoorUnderTest(WebApplication app, DoorService door)
    {
        _app = app;
        _door = door;
        _http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = Timeout.InfiniteTimeSpan };
    }

    public static async Task<DoorUnderTest> StartAsync(EmbeddedEngine engine, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        DoorService door = await DoorService.CreateAsync(engine, DatabaseName.Default, DoorUser.OfThisMachine, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        door.Endpoint.Map(app);
        await app.StartAsync(cancellationToken);
        return new DoorUnderTest(app, door);
    }

    /// <summary>Asks and reads the whole answer.</summary>
    public async Task DownloadAsync(string sql, string format, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"?default_format={format}", UriKind.Relative)) { Content = new StringContent(sql) };
        using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{sql}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }

        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = new byte[BufferBytes];
        while (await body.ReadAsync(buffer, cancellationToken) > 0)
        {
        }
    }

    /// <summary>Asks the same again and again.</summary>
    /// <returns>How often it was answered before <paramref name="stop"/>.</returns>
    public async Task<int> KeepReadingAsync(string sql, CancellationToken stop)
    {
        int answers = 0;
        try
        {
            while (true)
            {
                await DownloadAsync(sql, "Null", stop);
                answers++;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return answers;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        await _door.DisposeAsync();
    }
}
