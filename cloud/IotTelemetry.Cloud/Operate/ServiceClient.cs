using System.Text.Json;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Operate;

/// <summary>Asks a running service's API, for the verbs of the command line.</summary>
internal sealed class ServiceClient(HttpClient http, Uri service)
{
    /// <summary>Asks and reads the answer.</summary>
    /// <param name="method">GET, POST, PUT or DELETE.</param>
    /// <param name="path">What follows the service's address, such as <c>api/commands</c>.</param>
    /// <param name="author">Who does it; null where nothing is changed.</param>
    /// <param name="body">What is sent as JSON; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="headers">More headers.</param>
    /// <returns>The answer; undefined when it has no content.</returns>
    /// <exception cref="ServiceRefusedException">The service refused; its problem details are in the message.</exception>
    /// <exception cref="HttpRequestException">The service does not answer.</exception>
    public async Task<JsonElement> AskAsync(
        HttpMethod method, string path, string? author, object? body, CancellationToken cancellationToken, params (string Name, string? Value)[] headers)
    {
        using HttpRequestMessage request = new(method, new Uri(service, path));
        request.Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: JsonOptions);
        foreach ((string name, string? value) in (ReadOnlySpan<(string Name, string? Value)>)[("X-Author", author), .. headers])
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }

        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
        byte[] content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new ServiceRefusedException(Problem(response, content));
        }

        return content.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(content);
    }

    /// <summary>Runs a verb, and says on <paramref name="errors"/> what went wrong.</summary>
    /// <returns>What the verb returns, or the <see cref="ExitCode"/> of what went wrong.</returns>
    public async Task<int> RunAsync(Func<ServiceClient, Task<int>> verb, TextWriter errors)
    {
        try
        {
            return await verb(this);
        }
        catch (ServiceRefusedException refused)
        {
            await errors.WriteLineAsync($"iot-cloud: {refused.Message}");
            return ExitCode.Refused;
        }
        catch (HttpRequestException failure)
        {
            await errors.WriteLineAsync($"iot-cloud: {service} does not answer: {failure.Message}. Is 'iot-cloud serve' running? Its address is given with --url.");
            return ExitCode.Failure;
        }
    }

    private static JsonSerializerOptions JsonOptions { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private static string Problem(HttpResponseMessage response, byte[] content)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return $"the service answered {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(content)}";
        }

        JsonElement problem = JsonSerializer.Deserialize<JsonElement>(content);
        string? detail = problem.TextOf("detail");
        string? code = problem.TextOf("code");
        string? command = problem.TextOf("command");
        return $"{detail ?? problem.TextOf("title") ?? $"status {(int)response.StatusCode}"}{(code is null ? "" : $" ({code})")}{(command is null ? "" : $" Recorded as command {command}.")}";
    }
}
