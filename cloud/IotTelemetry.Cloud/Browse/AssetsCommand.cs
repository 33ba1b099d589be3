using System.Globalization;
using System.Text.Json;
using IotTelemetry.Cloud.Hosting;
using Spectre.Console;

namespace IotTelemetry.Cloud.Browse;

/// <summary><c>iot-cloud assets</c>: lists assets with their live points, as a table or, one a line, as JSON.</summary>
internal sealed class AssetsCommand(HttpClient http, IAnsiConsole console, TextWriter output, TextWriter errors, TimeProvider time)
{
    private const int PageSize = 1000;

    /// <summary>Lists assets.</summary>
    /// <param name="service">Address of the service's HTTP endpoint.</param>
    /// <param name="query">The parameters of <c>GET /api/assets</c> by which they are chosen.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="asJson">Whether each is printed as the service answers it, one a line.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(Uri service, IReadOnlyList<KeyValuePair<string, string>> query, int limit, bool asJson, CancellationToken cancellationToken)
    {
        try
        {
            return await ListAsync(service, query, limit, asJson, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            await errors.WriteLineAsync($"iot-cloud: {service} does not answer: {failure.Message}. Is 'iot-cloud serve' running? Its address is given with --url.");
            return ExitCode.Failure;
        }
        catch (JsonException)
        {
            await errors.WriteLineAsync($"iot-cloud: {service} does not answer as the service does; its address is given with --url.");
            return ExitCode.Failure;
        }
    }

    private async Task<int> ListAsync(Uri service, IReadOnlyList<KeyValuePair<string, string>> query, int limit, bool asJson, CancellationToken cancellationToken)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("asset", "kind", "gateway", "points", "newest", "tags", "held by");
        int shown = 0;
        bool isMore = true;
        for (string? after = null; isMore && shown < limit;)
        {
            using HttpResponseMessage response = await http.GetAsync(Address(service, query, after, Math.Min(limit - shown, PageSize)), cancellationToken);
            JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                await errors.WriteLineAsync($"iot-cloud: {(answer.TryGetProperty("detail", out JsonElement detail) ? detail.GetString() : answer.GetRawText())}");
                return ExitCode.QueryRefused;
            }

            foreach (JsonElement asset in answer.GetProperty("items").EnumerateArray())
            {
                shown++;
                if (asJson)
                {
                    await output.WriteLineAsync(asset.GetRawText());
                }
                else
                {
                    table.AddRow(Row(asset));
                }
            }

            isMore = answer.TryGetProperty("next", out JsonElement next);
            after = isMore ? next.GetString() : null;
        }

        if (!asJson)
        {
            console.Write(table);
            console.MarkupLineInterpolated($"[grey]{shown} assets{(isMore ? ", and more; use --limit" : "")}[/]");
        }

        return ExitCode.Success;
    }

    private static Uri Address(Uri service, IReadOnlyList<KeyValuePair<string, string>> query, string? after, int limit)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"limit={limit}");
        foreach ((string name, string value) in after is null ? query : [.. query, KeyValuePair.Create("after", after)])
        {
            text += $"&{name}={Uri.EscapeDataString(value)}";
        }

        return new UriBuilder(service) { Path = "/api/assets", Query = text }.Uri;
    }

    private Text[] Row(JsonElement asset)
    {
        List<string> points = [];
        long newest = 0;
        foreach (JsonElement point in asset.GetProperty("points").EnumerateArray())
        {
            string unit = point.TryGetProperty("unit", out JsonElement given) ? $" {given.GetString()}" : "";
            string quality = point.TryGetProperty("quality", out JsonElement said) && said.GetString() is { } name and not "good" ? $" ({name})" : "";
            points.Add($"{point.GetProperty("name").GetString()}={(point.TryGetProperty("value", out JsonElement value) ? value.ToString() : "?")}{unit}{quality}");
            newest = Math.Max(newest, point.TryGetProperty("tsMs", out JsonElement ts) ? ts.GetInt64() : 0);
        }

        string gateway = $"{asset.GetProperty("gateway").GetString()} ({asset.GetProperty("presence").GetString()})";
        string tags = string.Join(", ", asset.GetProperty("tags").EnumerateObject().Select(tag => $"{tag.Name}:{tag.Value.GetString()}"));
        string[] cells =
            [asset.GetProperty("id").GetString()!, asset.GetProperty("kind").GetString()!, gateway, string.Join(", ", points), Age(newest), tags, Holder(asset)];
        return [.. cells.Select(cell => new Text(cell))];
    }

    private static string Holder(JsonElement asset) => asset.TryGetProperty("lockout", out JsonElement lockout) ? $"{lockout.GetProperty("holder").GetString()}: {lockout.GetProperty("reason").GetString()}"
        : asset.TryGetProperty("pending", out JsonElement pending) ? $"command of {pending.GetProperty("author").GetString()}"
        : "";

    private string Age(long newestMs)
    {
        if (newestMs == 0)
        {
            return "never";
        }

        TimeSpan age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(newestMs);
        return age < TimeSpan.FromMinutes(2) ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, age.TotalSeconds):F0} s ago")
            : age < TimeSpan.FromHours(2) ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:F0} min ago")
            : DateTimeOffset.FromUnixTimeMilliseconds(newestMs).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
