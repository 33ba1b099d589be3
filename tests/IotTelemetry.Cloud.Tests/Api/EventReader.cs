namespace IotTelemetry.Cloud.Tests.Api;

/// <summary>Reads server-sent events, each wait at most 60 s.</summary>
internal sealed class EventReader(HttpResponseMessage response, StreamReader lines) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<EventReader> OpenAsync(HttpClient http, string address, string? lastEventId)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(address, UriKind.Relative));
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Limit);
        Assert.Equal("text/event-stream", response.EnsureSuccessStatusCode().Content.Headers.ContentType!.MediaType);
        StreamReader lines = new(await response.Content.ReadAsStreamAsync());
        Assert.StartsWith(":", await lines.ReadLineAsync().WaitAsync(Limit), StringComparison.Ordinal);
        return new EventReader(response, lines);
    }

    /// <summary>The data of the next event of this name, and the id of the batch it came with.</summary>
    public async Task<(string Data, string Id)> ReadAsync(string name)
    {
        string current = "";
        string? data = null;
        while (await lines.ReadLineAsync().WaitAsync(Limit) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                current = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal) && current == name)
            {
                data ??= line[6..];
            }
            else if (line.StartsWith("id: ", StringComparison.Ordinal) && data is not null)
            {
                return (data, line[4..]);
            }
        }

        throw new InvalidOperationException($"the stream ended before an event '{name}'");
    }

    public void Dispose()
    {
        lines.Dispose();
        response.Dispose();
    }
}
