using System.Text.Json;
using System.Text.Json.Serialization;

namespace IotTelemetry.Cloud.Door.Users;

/// <summary>Reads the file of users; an unknown or missing name in it is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(UserList))]
internal sealed partial class UsersJson : JsonSerializerContext;
