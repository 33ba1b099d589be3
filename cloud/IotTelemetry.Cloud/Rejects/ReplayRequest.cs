using System.Globalization;
using System.Text.Json;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Rejects;

/// <summary>Asks a running service for a replay and prints what became of each frame.</summary>
internal sealed class ReplayRequest(HttpClient http, TextWriter output, TextWriter errors)
{
    /// <summary>Asks once.</summary>
    /// <returns>An <see cref="ExitCode"/>: a frame that is still bad is no failure.</returns>
    public async Task<int> RunAsync(Uri service, RejectFilter filter, bool dryRun, bool json, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await http.PostAsync(Address(service, filter, dryRun), null, cancellationToken);
            string text = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                await errors.WriteLineAsync(text.Trim());
                return ExitCode.QueryRefused;
            }

            if (json)
            {
                await output.WriteLineAsync(text);
                return ExitCode.Success;
            }

            using JsonDocument report = JsonDocument.Parse(text);
            JsonElement root = report.RootElement;
            foreach (JsonElement item in root.GetProperty("items").EnumerateArray())
            {
                string detail = item.TryGetProperty("detail", out JsonElement why) && why.ValueKind == JsonValueKind.String ? $": {why.GetString()}" : "";
                await output.WriteLineAsync($"{item.GetProperty("gateway").GetString()} epoch {item.GetProperty("epoch")} seq {item.GetProperty("seq")}: {item.GetProperty("outcome").GetString()}{detail}");
            }

            string would = dryRun ? "would be stored" : "stored";
            await output.WriteLineAsync(
                $"{root.GetProperty("stored")} frames with {root.GetProperty("readings")} readings {would}, {root.GetProperty("stillBad")} still bad, {root.GetProperty("skipped")} skipped");
            return ExitCode.Success;
        }
        catch (HttpRequestException failure)
        {
            await errors.WriteLineAsync($"iot-cloud: {service} does not answer: {failure.Message}. Is 'iot-cloud serve' running? Its address is given with --url.");
            return ExitCode.Failure;
        }
    }

    private static Uri Address(Uri service, RejectFilter filter, bool dryRun)
    {
        List<string> query = [$"limit={filter.Limit.ToString(CultureInfo.InvariantCulture)}", $"dryRun={(dryRun ? "true" : "false")}"];
        Add("gateway", filter.Gateway);
        Add("reason", filter.Reason);
        Add("since", filter.Since?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Add("until", filter.Until?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        return new UriBuilder(service) { Path = "/api/rejects/replay", Query = string.Join('&', query) }.Uri;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                query.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }
    }
}
