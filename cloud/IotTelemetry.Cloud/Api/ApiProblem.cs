using Microsoft.AspNetCore.Http.HttpResults;

namespace IotTelemetry.Cloud.Api;

/// <summary>Answers that refuse, as problem details (RFC 9457): what was asked, why it is refused, what is allowed.</summary>
internal static class ApiProblem
{
    /// <summary>400: a value of the request is not allowed.</summary>
    /// <param name="name">Which: a query parameter, a field of the body.</param>
    /// <param name="value">What it is.</param>
    /// <param name="allowed">What is allowed, as a phrase.</param>
    public static ProblemHttpResult NotAllowed(string name, object? value, string allowed) =>
        Of(StatusCodes.Status400BadRequest, $"{name}: '{value}' is not allowed; {allowed}.", ("parameter", name), ("allowed", allowed));

    /// <summary>404: there is no such thing.</summary>
    public static ProblemHttpResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, detail);

    /// <summary>409: the state of the thing does not allow it.</summary>
    public static ProblemHttpResult Conflict(string detail, params ReadOnlySpan<(string Name, object? Value)> extensions) =>
        Of(StatusCodes.Status409Conflict, detail, extensions);

    /// <summary>Any status; <paramref name="extensions"/> become fields of the answer.</summary>
    public static ProblemHttpResult Of(int status, string detail, params ReadOnlySpan<(string Name, object? Value)> extensions)
    {
        Dictionary<string, object?> fields = [];
        foreach ((string name, object? value) in extensions)
        {
            fields.Add(name, value);
        }

        return TypedResults.Problem(detail, statusCode: status, extensions: fields);
    }
}
