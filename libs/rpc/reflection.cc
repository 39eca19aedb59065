#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <set>

#include "libs/rpc/endpoint.h"
#include "waymark/rpc/v1/reflection.pb.h"

namespace waymark::rpc {
namespace {

using v1::ReflectionRequest;
using v1::ReflectionResponse;
using Stream = Duplex<ReflectionRequest, ReflectionResponse>;

// A file after everything it imports.
void AddFile(const google::protobuf::FileDescriptor& file, std::set<std::string>& seen,
             v1::FileDescriptors& files) {
  if (!seen.insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), seen, files);
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  files.add_file_descriptor_protos(proto.SerializeAsString());
}

ReflectionResponse Answer(const ReflectionRequest& request,
                          const std::vector<std::string>& services) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  ReflectionResponse response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  const google::protobuf::FileDescriptor* file = nullptr;
  switch (request.question_case()) {
    case ReflectionRequest::kListServices:
      response.mutable_service_list();
      for (const std::string& service : services) {
        response.mutable_service_list()->add_services()->set_name(service);
      }
      return response;
    case ReflectionRequest::kFileByFilename:
      file = pool->FindFileByName(request.file_by_filename());
      break;
    case ReflectionRequest::kFileContainingSymbol:
      file = pool->FindFileContainingSymbol(request.file_containing_symbol());
      break;
    case ReflectionRequest::QUESTION_NOT_SET:
      response.mutable_error()->set_error_code(static_cast<int>(absl::StatusCode::kUnimplemented));
      response.mutable_error()->set_error_message("this question is not answered here");
      return response;
  }
  if (file == nullptr) {
    response.mutable_error()->set_error_code(static_cast<int>(absl::StatusCode::kNotFound));
    response.mutable_error()->set_error_message("no such file or symbol");
    return response;
  }
  // The file asked for comes first: clients take the first one as the answer.
  v1::FileDescriptors ordered;
  std::set<std::string> seen;
  AddFile(*file, seen, ordered);
  auto* files = response.mutable_file_descriptors();
  for (int i = ordered.file_descriptor_protos_size() - 1; i >= 0; --i) {
    files->add_file_descriptor_protos(ordered.file_descriptor_protos(i));
  }
  return response;
}

void AnswerNext(std::shared_ptr<Stream> stream,
                std::shared_ptr<const std::vector<std::string>> services) {
  stream->Read([stream, services](Stream::Item item) {
    if (!item) return stream->Finish(absl::OkStatus());
    if (!item->ok()) return stream->Finish(item->status());
    auto answer = std::make_shared<ReflectionResponse>(Answer(**item, *services));
    auto written = std::make_shared<bool>(false);
    // One question is taken once its answer is: a client that does not read is not read from.
    stream->OnReady([stream, services, answer, written] {
      if (*written || !stream->Write(*answer)) return;
      *written = true;
      AnswerNext(stream, services);
    });
  });
}

}  // namespace

void AddReflection(MethodTable& table, std::vector<std::string> services) {
  auto shared = std::make_shared<const std::vector<std::string>>(std::move(services));
  for (const char* path : {"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                           "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"}) {
    table.BidiStream<ReflectionRequest, ReflectionResponse>(
        path, Rule::Operators(), [shared](const CallContext&, std::shared_ptr<Stream> stream) {
          AnswerNext(std::move(stream), shared);
        });
  }
}

}  // namespace waymark::rpc
