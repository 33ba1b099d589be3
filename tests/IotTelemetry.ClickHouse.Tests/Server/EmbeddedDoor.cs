using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace IotTelemetry.ClickHouse.Tests.Server;

/// <summary>ClickHouse's HTTP interface before the embedded engine, as much as the server engine uses: the newest ClickHouse as its own transport's judge.</summary>
internal sealed partial class EmbeddedDoor : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly IClickHouseEngine _engine;
    private readonly Task _running;

    public EmbeddedDoor(IClickHouseEngine engine)
    {
        _engine = engine;
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }

        _listener.Prefixes.Add(Endpoint.AbsoluteUri);
        _listener.Start();
        _running = RunAsync();
    }

    public Uri Endpoint { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            _ = ServeAsync(await _listener.GetContextAsync());
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            try
            {
                await AnswerAsync(context);
            }
            catch (ClickHouseException e)
            {
                context.Response.StatusCode = 500;
                context.Response.AddHeader("X-ClickHouse-Exception-Code", e.Code.ToString(CultureInfo.InvariantCulture));
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes($"{e.Message} (version 26.7)"));
            }

            context.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException)
        {
            context.Response.Abort(); // The client was killed in the middle of its request.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        HttpListenerRequest request = context.Request;
        using MemoryStream body = new();
        await (request.Headers["Content-Encoding"] == "gzip" ? new GZipStream(request.InputStream, CompressionMode.Decompress) : request.InputStream).CopyToAsync(body);
        if (request.QueryString["query"] is { } insert)
        {
            Match match = InsertStatement().Match(insert);
            await _engine.InsertAsync(match.Groups["into"].Value, match.Groups["format"].Value, body.ToArray(), request.QueryString["insert_deduplication_token"]);
            return;
        }

        ClickHouseParameters parameters = new();
        foreach (string key in request.QueryString.AllKeys.OfType<string>().Where(key => key.StartsWith("param_", StringComparison.Ordinal)))
        {
            parameters.AddText(key[6..], request.QueryString[key]!);
        }

        using MemoryStream result = new();
        await _engine.QueryAsync(Encoding.UTF8.GetString(body.ToArray()), request.QueryString["default_format"] ?? "TSV", result, parameters);
        bool compress = request.Headers["Accept-Encoding"] == "gzip";
        context.Response.SendChunked = true;
        if (compress)
        {
            context.Response.AddHeader("Content-Encoding", "gzip");
        }

        result.Position = 0;
        await using Stream output = compress ? new GZipStream(context.Response.OutputStream, CompressionLevel.Fastest) : context.Response.OutputStream;
        await result.CopyToAsync(output);
    }

    [GeneratedRegex(@"\AINSERT INTO (?<into>.*) FORMAT (?<format>\w+)\z", RegexOptions.Singleline)]
    private static partial Regex InsertStatement();
}
